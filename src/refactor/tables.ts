/** Knowledge about libraries that planning and rendering look things up in. Data only. */

const words = (text: string): readonly string[] => text.trim().split(/\s+/);

/** Keywords that people tune, and thresholds and seeds. */
export const tunedKeywords: ReadonlySet<string> = new Set(
  words(`n_estimators max_depth min_samples_leaf min_samples_split max_features max_leaf_nodes learning_rate lr
    subsample colsample_bytree reg_alpha reg_lambda gamma num_leaves min_child_weight max_iter C alpha l1_ratio
    penalty kernel degree n_neighbors n_clusters n_components epochs n_epochs num_epochs batch_size dropout momentum
    weight_decay patience test_size train_size validation_split val_size n_splits cv n_iter random_state seed
    threshold cutoff horizon window top_k`),
);

/** Parameter names for keywords that have a better one. */
export const settingNames: Readonly<Record<string, string>> = { random_state: "seed", lr: "learning_rate" };

/** Names of values that a number is compared with to make a decision. */
export const scoreName = /(^|_)(proba?|probs|probabilit(y|ies)|scores?|likelihood)($|_|\d)/i;

/** Calls that read a file: which argument is its path. */
export const readingCalls: readonly {
  readonly call: RegExp;
  readonly position: number;
  readonly what: string;
}[] = [
  { call: /^pandas\.read_csv$/, position: 0, what: "CSV file" },
  { call: /^pandas\.read_parquet$/, position: 0, what: "Parquet file" },
  { call: /^pandas\.read_excel$/, position: 0, what: "Excel file" },
  { call: /^pandas\.read_json$/, position: 0, what: "JSON file" },
  {
    call: /^pandas\.read_(table|feather|pickle|hdf|stata|sas|spss|orc|fwf|html|xml)$/,
    position: 0,
    what: "file",
  },
  { call: /^polars\.(read|scan)_(csv|parquet|ndjson|ipc|json|excel)$/, position: 0, what: "file" },
  { call: /^numpy\.(load|loadtxt|genfromtxt|fromfile)$/, position: 0, what: "file" },
  { call: /^joblib\.load$/, position: 0, what: "file" },
  {
    call: /^(torch\.load|PIL\.Image\.open|geopandas\.read_file|matplotlib\.image\.imread)$/,
    position: 0,
    what: "file",
  },
];

/** Calls that write a file: which argument is its path, and the name a path written in the call itself gets. */
export const writingCalls: readonly {
  readonly call: RegExp;
  readonly position: number;
  readonly setting: string | undefined;
  readonly what: string;
}[] = [
  { call: /^joblib\.dump$/, position: 1, setting: "model_path", what: "" },
  { call: /^torch\.save$/, position: 1, setting: "model_path", what: "" },
  { call: /\.save_model$/, position: 0, setting: "model_path", what: "the model" },
  { call: /^numpy\.(save|savez|savez_compressed|savetxt)$/, position: 0, setting: undefined, what: "" },
  {
    call: /\.to_(csv|parquet|json|excel|feather|pickle|hdf|stata|orc|html|latex|markdown)$/,
    position: 0,
    setting: undefined,
    what: "",
  },
  { call: /\.savefig$/, position: 0, setting: "figure_path", what: "the figure" },
];

/** Modules whose classes are transformers: fitting one prepares data, it trains no model. */
export const transformer =
  /(Scaler|Encoder|Imputer|Binarizer|Discretizer|Transformer|Vectorizer|Normalizer|PCA|SVD|NMF|SelectKBest|SelectPercentile|PolynomialFeatures|TSNE|UMAP|Hasher)$/;

export const metricGoals: readonly { readonly name: RegExp; readonly goal: "maximize" | "minimize" }[] = [
  {
    name: /(^|_)(error|loss|rmse|mse|mae|mape|smape|rmsle|logloss|brier|perplexity|deviance|wer|cer)(_|$)/i,
    goal: "minimize",
  },
  {
    name: /(^|_)(acc|accuracy|auc|roc_auc|ap|average_precision|f1|fbeta|precision|recall|sensitivity|specificity|r2|score|kappa|mcc|matthews_corrcoef|jaccard|iou|dice|ndcg|map|silhouette|bleu|rouge|explained_variance)(_|$|\d)/i,
    goal: "maximize",
  },
];

/** Functions of sklearn.metrics that give one number (unless `average=None` or `multioutput` says otherwise). */
export const scalarMetric =
  /^sklearn\.metrics\.(\w+_score|\w+_error|log_loss|hinge_loss|brier_score_loss|zero_one_loss|hamming_loss|auc|matthews_corrcoef|mean_\w+_deviance)$/;

/** Verbs that a sentence of markdown may start with to serve as a docstring's first line. */
export const verbs: ReadonlySet<string> = new Set(
  words(`add aggregate align apply assign average bin blend build calculate calibrate check choose clean clip collect
    combine compare compute concatenate convert correct count create cut debias decide define derive detect download
    draw drop embed encode engineer enrich estimate evaluate examine explain explore export extract fetch fill filter
    find fit fix flag forecast gather generate get give group hold impute inspect join keep label load look make map
    mark measure merge model normalise normalize one-hot optimise optimize parse pick plot predict prepare preprocess
    print pull put rank read rebuild remove rename repair replace report resample reshape run sample save say scale
    score search select separate set show simulate smooth sort split standardise standardize store summarise summarize
    take test tidy tokenise tokenize train transform trim try tune turn undersample oversample use validate vectorise
    vectorize visualise visualize weight write`),
);

/** What a heading means as a verb. */
export const headingVerbs: readonly { readonly heading: RegExp; readonly step: string }[] = [
  { heading: /\b(hyper-?parameter|tun(e|ing)|grid search)\b/i, step: "tune" },
  { heading: /\bfeatures?\b/i, step: "build_features" },
  { heading: /\b(pre-?process(ing)?)\b/i, step: "preprocess" },
  { heading: /\b(clean(ing|up)?|tidy(ing)?)\b/i, step: "clean" },
  { heading: /\b(prepar(e|ation|ing)|wrangl(e|ing)|transform(ation)?s?)\b/i, step: "prepare" },
  {
    heading: /\b(eda|explor(e|ation|atory|ing)|look|overview|inspect(ion)?|first glance)\b/i,
    step: "explore",
  },
  { heading: /\b(split(ting)?|train.?test|hold.?out)\b/i, step: "split" },
  {
    heading: /\b(load(ing)?|import(ing)? (the )?data|read(ing)?|data ?set|get the data|ingest(ion)?)\b/i,
    step: "load",
  },
  {
    heading:
      /\b(evaluat(e|ion|ing)|results?|metrics?|scor(e|es|ing)|performance|validation|assess(ment)?)\b/i,
    step: "evaluate",
  },
  { heading: /\b(train(ing)?|fit(ting)?|model(l?ing|s)?)\b/i, step: "train" },
  { heading: /\b(predict(ion|ions|ing)?|inference|forecast(s|ing)?|submission)\b/i, step: "predict" },
  { heading: /\b(plot(s|ting)?|visuali[sz](e|ation|ations|ing)|charts?|figures?)\b/i, step: "plot" },
  { heading: /\b(sav(e|ing)|export(ing)?|persist|write|store)\b/i, step: "save" },
  { heading: /\b(simulat(e|ion|ing))\b/i, step: "simulate" },
  { heading: /\b(cluster(s|ing)?)\b/i, step: "cluster" },
  { heading: /\b(aggregat(e|ion|ing)|summary|summari[sz]e)\b/i, step: "summarize" },
];

/** Import name to the distribution that provides it, where the two differ. */
export const distributions: Readonly<Record<string, string>> = {
  sklearn: "scikit-learn",
  skimage: "scikit-image",
  cv2: "opencv-python",
  PIL: "pillow",
  yaml: "PyYAML",
  bs4: "beautifulsoup4",
  dateutil: "python-dateutil",
  dotenv: "python-dotenv",
  Crypto: "pycryptodome",
  serial: "pyserial",
  psycopg2: "psycopg2-binary",
  MySQLdb: "mysqlclient",
  umap: "umap-learn",
  imblearn: "imbalanced-learn",
  mpl_toolkits: "matplotlib",
  pylab: "matplotlib",
  IPython: "ipython",
  google: "google-cloud-core",
  jwt: "PyJWT",
  fitz: "PyMuPDF",
  docx: "python-docx",
  attr: "attrs",
  community: "python-louvain",
  Bio: "biopython",
  rest_framework: "djangorestframework",
  skopt: "scikit-optimize",
  sktime: "sktime",
  pytorch_lightning: "pytorch-lightning",
  sentence_transformers: "sentence-transformers",
  ruamel: "ruamel.yaml",
};

/** Packages whose import does nothing but make names available, so that an unused one can be left away. */
export const inertPackages: ReadonlySet<string> = new Set(
  words(`numpy pandas matplotlib scipy sklearn joblib tqdm requests PIL statsmodels xgboost lightgbm catboost torch
    networkx sympy plotly bs4 yaml IPython polars pyarrow cv2 nltk spacy sqlalchemy`),
);

/** The standard library, so that imports can be told apart and ordered. Python 3.9 to 3.13, without the private ones. */
export const standardLibrary: ReadonlySet<string> = new Set(
  words(`__future__ abc aifc argparse array ast asynchat asyncio asyncore atexit audioop base64 bdb binascii binhex bisect builtins
    bz2 cProfile calendar cgi cgitb chunk cmath cmd code codecs codeop collections colorsys compileall concurrent configparser
    contextlib contextvars copy copyreg crypt csv ctypes curses dataclasses datetime dbm decimal difflib dis distutils
    doctest email encodings ensurepip enum errno faulthandler fcntl filecmp fileinput fnmatch formatter fractions ftplib functools gc
    getopt getpass gettext glob graphlib grp gzip hashlib heapq hmac html http imaplib imghdr imp importlib inspect io
    ipaddress itertools json keyword lib2to3 linecache locale logging lzma mailbox mailcap marshal math mimetypes mmap modulefinder
    msilib msvcrt multiprocessing netrc nis nntplib ntpath numbers opcode operator optparse os ossaudiodev parser pathlib pdb
    pickle pickletools pipes pkgutil platform plistlib poplib posix posixpath pprint profile pstats pty pwd py_compile
    pyclbr pydoc queue quopri random re readline reprlib resource rlcompleter runpy sched secrets select selectors
    shelve shlex shutil signal site smtpd smtplib sndhdr socket socketserver spwd sqlite3 ssl stat statistics string
    stringprep struct subprocess sunau symbol symtable sys sysconfig syslog tabnanny tarfile telnetlib tempfile termios test textwrap
    threading time timeit tkinter token tokenize tomllib trace traceback tracemalloc tty turtle types typing unicodedata
    unittest urllib uu uuid venv warnings wave weakref webbrowser winreg winsound wsgiref xdrlib xml xmlrpc zipapp zipfile
    zipimport zlib zoneinfo`),
);

/** Names that are always there; a notebook that binds one of them needs care. */
export const builtinNames: ReadonlySet<string> = new Set(
  words(`abs aiter all anext any ascii bin bool breakpoint bytearray bytes callable chr classmethod compile complex
    copyright credits delattr dict dir divmod enumerate eval exec exit filter float format frozenset getattr globals
    hasattr hash help hex id input int isinstance issubclass iter len license list locals map max memoryview min next
    object oct open ord pow print property quit range repr reversed round set setattr slice sorted staticmethod str
    sum super tuple type vars zip __import__ display get_ipython`),
);

export const keywords: ReadonlySet<string> = new Set(
  words(`False None True and as assert async await break class continue def del elif else except finally for from
    global if import in is lambda nonlocal not or pass raise return try while with yield match case type _`),
);

/** Which format a value of a certain type travels in; what its format cannot hold without loss the runtime pickles. */
export const formatOfType: readonly { readonly type: RegExp; readonly format: string }[] = [
  { type: /^pandas\.(DataFrame|Series)$/, format: "parquet" },
  { type: /^numpy\.ndarray$/, format: "npy" },
  { type: /^(int|float|bool|str|NoneType)$/, format: "json" },
  { type: /^(sklearn|xgboost|lightgbm|catboost|imblearn)\./, format: "joblib" },
  { type: /^matplotlib\.figure\.Figure$/, format: "png" },
];

/** What a format needs that no component imports. */
export const packagesOfFormat: Readonly<Record<string, string>> = {
  parquet: "pyarrow",
  joblib: "joblib",
  skops: "skops",
  cloudpickle: "cloudpickle",
};

/** What `from MODULE import *` binds, for modules where that has not changed for years. */
export const starModules: Readonly<Record<string, readonly string[]>> = {
  math: words(`acos acosh asin asinh atan atan2 atanh cbrt ceil comb copysign cos cosh degrees dist e erf erfc exp
    exp2 expm1 fabs factorial floor fmod frexp fsum gamma gcd hypot inf isclose isfinite isinf isnan
    isqrt lcm ldexp lgamma log log10 log1p log2 modf nan nextafter perm pi pow prod radians remainder
    sin sinh sqrt tan tanh tau trunc ulp`),
  cmath:
    words(`acos acosh asin asinh atan atanh cos cosh e exp inf infj isclose isfinite isinf isnan log log10 nan
    nanj phase pi polar rect sin sinh sqrt tan tanh tau`),
  itertools: words(`accumulate chain combinations combinations_with_replacement compress count cycle dropwhile
    filterfalse groupby islice pairwise permutations product repeat starmap takewhile tee zip_longest`),
  functools:
    words(`WRAPPER_ASSIGNMENTS WRAPPER_UPDATES cache cached_property cmp_to_key lru_cache partial partialmethod
    reduce singledispatch singledispatchmethod total_ordering update_wrapper wraps`),
  collections: words(
    `ChainMap Counter OrderedDict UserDict UserList UserString defaultdict deque namedtuple`,
  ),
  random:
    words(`Random SystemRandom betavariate choice choices expovariate gammavariate gauss getrandbits getstate
    lognormvariate normalvariate paretovariate randbytes randint random randrange sample seed setstate
    shuffle triangular uniform vonmisesvariate weibullvariate`),
  statistics: words(`NormalDist StatisticsError correlation covariance fmean geometric_mean harmonic_mean
    linear_regression mean median median_grouped median_high median_low mode multimode pstdev pvariance
    quantiles stdev variance`),
  fractions: words(`Fraction`),
  string:
    words(`Formatter Template ascii_letters ascii_lowercase ascii_uppercase capwords digits hexdigits octdigits
    printable punctuation whitespace`),
  dataclasses:
    words(`Field FrozenInstanceError InitVar KW_ONLY MISSING asdict astuple dataclass field fields is_dataclass
    make_dataclass replace`),
};
