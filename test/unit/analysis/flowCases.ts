/** Small programs and what each unit takes and gives: `takes -> gives`, `!name` for a name it leaves unbound. */
export interface FlowCase {
  readonly title: string;
  readonly units: readonly (readonly [source: string, flow: string])[];
}

const frame = "import pandas as pd\nsales = pd.DataFrame({'shop': ['a', 'b'], 'sum': [1, 2]})";

export const flowCases: readonly FlowCase[] = [
  {
    title: "a counter that adds to itself",
    units: [
      ["total = 0", "-> total"],
      ["total += 5", "total -> total"],
      ["print(total)", "total ->"],
    ],
  },
  {
    title: "starred unpacking",
    units: [
      ["row = [1, 2, 3]", "-> row"],
      ["head, *rest = row", "row -> head rest"],
      ["print(head, rest)", "head rest ->"],
    ],
  },
  {
    title: "a comprehension keeps its variable to itself",
    units: [
      ["n = 10\nparts = [1, 2]", "-> n parts"],
      ["doubled = [n * 2 for n in parts]", "parts -> doubled"],
      ["print(n, doubled)", "n doubled ->"],
    ],
  },
  {
    title: "the inner iterable of a comprehension sees the outer variable",
    units: [
      ["rows = [[1], [2]]\nscale = 3", "-> rows scale"],
      ["flat = [v * scale for row in rows for v in row]", "rows scale -> flat"],
      ["print(flat)", "flat ->"],
    ],
  },
  {
    title: "an f-string with a width reads both names",
    units: [
      ["width = 8\nword = 'x'", "-> width word"],
      ["line = f'{word!r:>{width}}'", "width word -> line"],
      ["print(line)", "line ->"],
    ],
  },
  {
    title: "a with statement binds",
    units: [
      ["import io\ntext = 'a\\nb'", "-> text"],
      ["with io.StringIO(text) as handle:\n    first = handle.readline()", "text -> first"],
      ["print(first)", "first ->"],
    ],
  },
  {
    title: "match captures",
    units: [
      ["point = {'x': 1, 'y': 2}", "-> point"],
      [
        "match point:\n    case {'x': px, **others}:\n        kind = 'p'\n    case _:\n        px, others, kind = 0, {}, '?'",
        "point -> px others kind",
      ],
      ["print(px, others, kind)", "px others kind ->"],
    ],
  },
  {
    title: "a branch that may not bind passes the old value on",
    units: [
      ["limit = 1\nstrict = True", "-> limit strict"],
      ["if strict:\n    limit = 5\nelif limit > 3:\n    limit = 6", "limit strict -> limit"],
      ["print(limit)", "limit ->"],
    ],
  },
  {
    title: "both branches bind: the old value is not needed",
    units: [
      ["mode = 'fast'\nsteps = 1", "-> mode"],
      ["if mode == 'fast':\n    steps = 10\nelse:\n    steps = 100", "mode -> steps"],
      ["print(steps)", "steps ->"],
    ],
  },
  {
    title: "a raise ends its branch",
    units: [
      ["level = 2", "-> level"],
      ["if level > 5:\n    raise ValueError(level)\nelse:\n    grade = 'ok'", "level -> grade"],
      ["print(grade)", "grade ->"],
    ],
  },
  {
    title: "while with break",
    units: [
      ["left = 3\nseen = []", "-> left seen"],
      [
        "while True:\n    seen.append(left)\n    left -= 1\n    if not left:\n        break",
        "left seen -> seen",
      ],
      ["print(seen)", "seen ->"],
    ],
  },
  {
    title: "for-else binds when nothing breaks",
    units: [
      ["codes = [1, 2]\nhit = 0", "-> codes"],
      [
        "for c in codes:\n    if c == 9:\n        hit = c\n        break\nelse:\n    hit = -1",
        "codes -> hit",
      ],
      ["print(hit)", "hit ->"],
    ],
  },
  {
    title: "finally always runs",
    units: [
      ["raw = '7'", "-> raw"],
      ["try:\n    value = int(raw)\nfinally:\n    done = True", "raw -> value done"],
      ["print(value, done)", "value done ->"],
    ],
  },
  {
    title: "deleted and made again",
    units: [
      ["box = [1]", "-> box"],
      ["del box", "box -> !box"],
      ["box = [2]", "-> box"],
      ["print(box)", "box ->"],
    ],
  },
  {
    title: "conditional import travels as a value, a plain one does not",
    units: [
      ["import json\ntry:\n    import ujson as fast\nexcept ImportError:\n    fast = json", "-> fast"],
      ["text = fast.dumps([1]) + json.dumps([2])", "fast -> text"],
      ["print(text)", "text ->"],
    ],
  },
  {
    title: "a name of a builtin is an ordinary name once bound",
    units: [
      ["list = 3", "-> list"],
      ["y = list + 1", "list -> y"],
      ["print(y)", "y ->"],
    ],
  },
  {
    title: "append through a second name",
    units: [
      ["basket = []\nsame = basket", "-> basket same"],
      ["same.append('pear')", "basket same -> basket"],
      ["print(basket)", "basket ->"],
    ],
  },
  {
    title: "an inner list changes what holds it",
    units: [
      ["inner = [1]\nouter = {'in': inner}", "-> inner outer"],
      ["inner.append(2)", "inner outer -> outer"],
      ["print(outer)", "outer ->"],
    ],
  },
  {
    title: "list() copies the list, not what is in it",
    units: [
      ["rows = [{'n': 1}]\ncopy = list(rows)", "-> rows copy"],
      ["copy[0]['n'] = 2", "rows copy -> rows"],
      ["print(rows)", "rows ->"],
    ],
  },
  {
    title: "a deep copy is on its own",
    units: [
      ["import copy\nrows = [{'n': 1}]\nmine = copy.deepcopy(rows)", "-> rows mine"],
      ["mine[0]['n'] = 2", "mine -> mine"],
      ["print(rows, mine)", "rows mine ->"],
    ],
  },
  {
    title: "sorted makes a new list, sort does not",
    units: [
      ["marks = [3, 1]", "-> marks"],
      ["ranked = sorted(marks)\nmarks.sort()", "marks -> ranked marks"],
      ["print(marks, ranked)", "ranked marks ->"],
    ],
  },
  {
    title: "tuples of numbers are never changed",
    units: [
      ["size = (1, 2)\nshape = size", "-> size shape"],
      ["size += (3,)", "size -> size"],
      ["print(size, shape)", "shape size ->"],
    ],
  },
  {
    title: "dict.setdefault keeps and gives the same list",
    units: [
      ["groups = {}", "-> groups"],
      ["for word in ['ab', 'ac']:\n    groups.setdefault(word[0], []).append(word)", "groups -> groups"],
      ["print(groups)", "groups ->"],
    ],
  },
  {
    title: "looking into a defaultdict changes it",
    units: [
      ["from collections import defaultdict\ncounts = defaultdict(int)", "-> counts"],
      ["counts['x']", "counts -> counts"],
      ["print(dict(counts))", "counts ->"],
    ],
  },
  {
    title: "swapping elements",
    units: [
      ["pair = [1, 2]", "-> pair"],
      ["pair[0], pair[1] = pair[1], pair[0]", "pair -> pair"],
      ["print(pair)", "pair ->"],
    ],
  },
  {
    title: "len, print and max change nothing",
    units: [
      ["xs = [1, 2]", "-> xs"],
      ["print(len(xs), max(xs), sum(xs), xs[0])", "xs ->"],
      ["print(xs)", "xs ->"],
    ],
  },
  {
    title: "a column that is added",
    units: [
      [frame, "-> sales"],
      ["sales['double'] = sales['sum'] * 2", "sales -> sales"],
      ["print(sales)", "sales ->"],
    ],
  },
  {
    title: "a column that is added leaves a column taken before alone",
    units: [
      [`${frame}\nsums = sales['sum']`, "-> sales sums"],
      ["sales['double'] = 1", "sales -> sales"],
      ["print(sales, sums)", "sales sums ->"],
    ],
  },
  {
    title: "writing into a column may write into its frame",
    units: [
      [`${frame}\nsums = sales['sum']`, "-> sales sums"],
      ["sums[0] = 99", "sales sums -> sales"],
      ["print(sales)", "sales ->"],
    ],
  },
  {
    title: "pandas methods make new frames",
    units: [
      [frame, "-> sales"],
      ["best = sales.sort_values('sum').head(1).drop(columns='shop')", "sales -> best"],
      ["best['x'] = 1", "best -> best"],
      ["print(sales, best)", "sales best ->"],
    ],
  },
  {
    title: "columns are renamed in place by assignment",
    units: [
      [frame, "-> sales"],
      ["sales.columns = ['s', 'n']", "sales -> sales"],
      ["print(sales)", "sales ->"],
    ],
  },
  {
    title: "inplace=False changes nothing",
    units: [
      [frame, "-> sales"],
      ["clean = sales.dropna(inplace=False)", "sales -> clean"],
      ["print(sales, clean)", "sales clean ->"],
    ],
  },
  {
    title: "a reshaped array is a view",
    units: [
      ["import numpy as np\nflat = np.zeros(4)\ngrid = flat.reshape(2, 2)", "-> flat grid"],
      ["flat[0] = 5", "flat grid -> grid"],
      ["print(grid)", "grid ->"],
    ],
  },
  {
    title: "out= names what is changed",
    units: [
      ["import numpy as np\na = np.ones(2)\nb = np.ones(2)", "-> a b"],
      ["np.add(a, a, out=b)", "a b -> b"],
      ["print(b)", "b ->"],
    ],
  },
  {
    title: "fit changes the model, predict does not, and neither changes the data",
    units: [
      [
        "from sklearn.linear_model import LogisticRegression\nX = [[0], [1]]\ny = [0, 1]\nmodel = LogisticRegression()",
        "-> X y model",
      ],
      ["model.fit(X, y)", "X y model -> model"],
      ["p = model.predict(X)", "X model -> p"],
      ["print(p, X, y)", "X y p ->"],
    ],
  },
  {
    title: "fit gives back the model itself",
    units: [
      [
        "from sklearn.svm import SVC\nX = [[0], [1]]\ny = [0, 1]\nraw = SVC()\nfitted = raw.fit(X, y)",
        "-> raw fitted X",
      ],
      ["raw.set_params(C=2)", "raw fitted -> fitted"],
      ["print(fitted.predict(X))", "fitted X ->"],
    ],
  },
  {
    title: "fitting a pipeline fits its steps",
    units: [
      [
        "from sklearn.pipeline import Pipeline\nfrom sklearn.preprocessing import StandardScaler\nscaler = StandardScaler()\npipe = Pipeline([('s', scaler)])\nX = [[1.0], [2.0]]",
        "-> scaler pipe X",
      ],
      ["pipe.fit(X)", "X pipe scaler -> scaler"],
      ["print(scaler.mean_)", "scaler ->"],
    ],
  },
  {
    title: "an unknown function may change what it is given, but not a number",
    units: [
      ["from helpers import tidy\nbook = {'a': 1}\nyear = 2024", "-> book year"],
      ["tidy(book, year)", "book year -> book"],
      ["print(book, year)", "year book ->"],
    ],
  },
  {
    title: "a function changes its argument",
    units: [
      ["def stamp(item, n):\n    item['n'] = n\n", "-> stamp"],
      ["card = {}", "-> card"],
      ["stamp(card, 3)", "stamp card -> card"],
      ["print(card)", "card ->"],
    ],
  },
  {
    title: "a function that gives back its argument makes a second name for it",
    units: [
      ["def same(x):\n    return x\na = [1]\nb = same(a)", "-> a b"],
      ["b.append(2)", "a b -> a"],
      ["print(a)", "a ->"],
    ],
  },
  {
    title: "a function reads a global when it is called, not when it is made",
    units: [
      ["def price(n):\n    return n * rate\n", "-> price"],
      ["rate = 2", "-> rate"],
      ["first = price(1)", "price rate -> first"],
      ["rate = 3", "-> rate"],
      ["print(first, price(1))", "price first rate ->"],
    ],
  },
  {
    title: "a function handed to another is called there",
    units: [
      ["base = 10\ndef shift(v):\n    return v + base", "-> base shift"],
      ["moved = list(map(shift, [1, 2]))", "shift base -> moved"],
      ["print(moved)", "moved ->"],
    ],
  },
  {
    title: "a lambda in a dict is called where it is taken out",
    units: [
      ["unit = 4\ntools = {'up': lambda v: v * unit}", "-> unit tools"],
      ["r = tools['up'](2)", "tools unit -> r"],
      ["print(r)", "r ->"],
    ],
  },
  {
    title: "a closure keeps its own counter",
    units: [
      [
        "def counter():\n    n = 0\n    def step():\n        nonlocal n\n        n += 1\n        return n\n    return step\nnext_id = counter()",
        "-> next_id",
      ],
      ["a = next_id()", "next_id -> a next_id"],
      ["b = next_id()", "next_id -> b"],
      ["print(a, b)", "a b ->"],
    ],
  },
  {
    title: "a decorator runs when the function is made",
    units: [
      [
        "registry = []\ndef register(f):\n    registry.append(f.__name__)\n    return f",
        "-> registry register",
      ],
      ["@register\ndef job():\n    pass", "registry register -> registry"],
      ["print(registry)", "registry ->"],
    ],
  },
  {
    title: "a method changes its object and reads a global",
    units: [
      [
        "step = 2\nclass Meter:\n    def __init__(self):\n        self.marks = []\n    def tick(self):\n        self.marks.append(step)\n",
        "-> step Meter",
      ],
      ["m = Meter()", "Meter -> m"],
      ["m.tick()", "m Meter step -> m"],
      ["print(m.marks)", "m ->"],
    ],
  },
  {
    title: "a class body reads when the class is made",
    units: [
      ["size = 3", "-> size"],
      ["class Grid:\n    cells = size * size", "size -> Grid"],
      ["size = 9\nprint(Grid.cells, size)", "Grid ->"],
    ],
  },
  {
    title: "printing an object runs its __repr__",
    units: [
      ["mark = '*'\nclass P:\n    def __repr__(self):\n        return mark\np = P()", "-> mark P p"],
      ["print(p)", "mark p ->"],
    ],
  },
  {
    title: "recursion over a nested list",
    units: [
      [
        "def depth(t):\n    return 1 + max((depth(x) for x in t), default=0) if isinstance(t, list) else 0",
        "-> depth",
      ],
      ["tree = [[], [[]]]", "-> tree"],
      ["d = depth(tree)", "depth tree -> d"],
      ["print(d)", "d ->"],
    ],
  },
  {
    title: "the random generator ties cells together",
    units: [
      ["import random\nrandom.seed(1)", "-> <rng:python>"],
      ["a = random.random()", "<rng:python> -> a <rng:python>"],
      ["b = random.choice([1, 2])", "<rng:python> -> b"],
      ["print(a, b)", "a b ->"],
    ],
  },
  {
    title: "a seed cuts the tie",
    units: [
      ["import numpy as np\nnp.random.seed(0)\na = np.random.rand()", "-> a"],
      ["np.random.seed(0)\nb = np.random.rand()", "-> b"],
      ["print(a, b)", "a b ->"],
    ],
  },
  {
    title: "a generator object is a value",
    units: [
      ["import numpy as np\nrng = np.random.default_rng(3)", "-> rng"],
      ["a = rng.normal()", "rng -> a rng"],
      ["b = rng.normal()", "rng -> b"],
      ["print(a, b)", "a b ->"],
    ],
  },
  {
    title: "without random_state a split draws from the global generator",
    units: [
      [
        "import numpy as np\nfrom sklearn.model_selection import train_test_split\nnp.random.seed(0)",
        "-> <rng:numpy>",
      ],
      ["left, right = train_test_split([1, 2, 3, 4])", "<rng:numpy> -> left right"],
      ["print(left, right)", "left right ->"],
    ],
  },
  {
    title: "a file written and read again",
    units: [
      [`${frame}\nout = 'tmp/sales.csv'`, "-> sales out"],
      ["sales.to_csv(out)", "sales out -> <file:tmp/sales.csv>"],
      ["again = pd.read_csv('tmp/sales.csv')", "<file:tmp/sales.csv> -> again"],
      ["print(again)", "again ->"],
    ],
  },
  {
    title: "a file whose name is not known meets every file",
    units: [
      [
        "import sys\nname = sys.argv[0] + '.txt'\nwith open(name, 'w') as f:\n    f.write('x')",
        "-> <file:*>",
      ],
      ["text = open('notes.txt').read()", "<file:notes.txt> -> text"],
      ["print(text)", "text ->"],
    ],
  },
  {
    title: "paths are put together",
    units: [
      [
        "from pathlib import Path\nfolder = Path('data')\n(folder / 'a.txt').write_text('x')",
        "-> folder <file:data/a.txt>",
      ],
      [
        "import os\nt = open(os.path.join('data', 'a.txt')).read()\nu = folder",
        "folder <file:data/a.txt> -> t u",
      ],
      ["print(t, u)", "t u ->"],
    ],
  },
  {
    title: "options of a library are needed where it shows something",
    units: [
      ["import pandas as pd\npd.set_option('display.width', 40)", "-> <options:pandas>"],
      ["print(pd.Series([1]))", "<options:pandas> ->"],
    ],
  },
  {
    title: "a figure goes on in the next cell",
    units: [
      ["import matplotlib.pyplot as plt\nplt.plot([1, 2])", "-> <pyplot>"],
      ["plt.title('t')", "<pyplot> -> <pyplot>"],
      ["plt.savefig('t.png')", "<pyplot> ->"],
    ],
  },
  {
    title: "a new figure does not need the last one",
    units: [
      ["import matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.show()", "->"],
      ["fig, ax = plt.subplots()\nax.plot([2, 1])", "-> fig"],
      ["fig.savefig('t.png')", "fig ->"],
    ],
  },
  {
    title: "query reads names behind an @",
    units: [
      [`${frame}\nleast = 1`, "-> sales least"],
      ["some = sales.query('sum > @least')", "sales least -> some"],
      ["print(some)", "some ->"],
    ],
  },
  {
    title: "globals() with a known name",
    units: [
      ["globals()['secret'] = 5", "-> secret"],
      ["v = globals()['secret']", "secret -> v"],
      ["print(v)", "v ->"],
    ],
  },
  {
    title: "exec of a known text binds",
    units: [
      ["start = 1", "-> start"],
      ["exec('end = start + 1')", "start -> end"],
      ["print(end)", "end ->"],
    ],
  },
  {
    title: "an iterator goes on where it was left",
    units: [
      ["it = iter([1, 2, 3])", "-> it"],
      ["a = next(it)", "it -> a it"],
      ["b = next(it)", "it -> b"],
      ["print(a, b)", "a b ->"],
    ],
  },
  {
    title: "values of a dict are what is in it",
    units: [
      ["inner = [1]\nbook = {'a': inner}", "-> inner book"],
      ["for v in book.values():\n    v.append(2)", "book inner -> inner"],
      ["print(inner)", "inner ->"],
    ],
  },
  {
    title: "chained, reversed and filtered lists give their elements",
    units: [
      ["import itertools\na = {}\nb = {}\nleft = [a]\nright = [b]", "-> a b left right"],
      [
        "for d in itertools.chain(left, right):\n    d['x'] = 1\nfor d in reversed(list(filter(len, left))):\n    d['y'] = 1",
        "left right a b -> a b",
      ],
      ["print(a, b)", "a b ->"],
    ],
  },
  {
    title: "models in a dict are fitted one by one",
    units: [
      ["from sklearn.svm import SVC\nmodels = {'svc': SVC()}\nX = [[0], [1]]\ny = [0, 1]", "-> models X y"],
      ["for name, model in models.items():\n    model.fit(X, y)", "models X y -> models"],
      ["print(models['svc'].predict(X))", "models X ->"],
    ],
  },
  {
    title: "an unknown function may give back a part of what it is given",
    units: [
      ["from helpers import pick\npart = []\nwhole = [part]", "-> part whole"],
      ["one = pick(whole)", "whole part -> one part"],
      ["one.append(1)", "one part -> part"],
      ["print(part)", "part ->"],
    ],
  },
  {
    title: "a frame may look at the array it is made of",
    units: [
      [
        "import numpy as np\nimport pandas as pd\ngrid = np.zeros((2, 2))\ntable = pd.DataFrame(grid)",
        "-> grid table",
      ],
      ["grid[0, 0] = 1", "grid table -> table"],
      ["print(table)", "table ->"],
    ],
  },
  {
    title: "a setting kept in a class",
    units: [
      ["class Settings:\n    rate = 1\ns = Settings()", "-> Settings s"],
      ["Settings.rate = 2", "Settings -> Settings"],
      ["print(s.rate)", "s Settings ->"],
    ],
  },
  {
    title: "super() runs the base class's method",
    units: [
      ["origin = 3\nclass Base:\n    def __init__(self):\n        self.at = origin\n", "-> origin Base"],
      ["class Child(Base):\n    def __init__(self):\n        super().__init__()\n", "Base -> Child"],
      ["c = Child()", "Child origin -> c"],
      ["print(c.at)", "c ->"],
    ],
  },
  {
    title: "a class method is given its class",
    units: [
      [
        "class Pool:\n    items = []\n    @classmethod\n    def put(cls, item):\n        cls.items.append(item)\n",
        "-> Pool",
      ],
      ["Pool.put({})", "Pool -> Pool"],
      ["print(Pool.items)", "Pool ->"],
    ],
  },
  {
    title: "the working folder decides which file is read",
    units: [
      ["import os\nos.chdir('data')", "-> <cwd>"],
      ["text = open('a.txt').read()", "<cwd> -> text"],
      ["print(text)", "text ->"],
    ],
  },
  {
    title: "where modules are found decides what is imported",
    units: [
      ["import sys\nsys.path.append('lib')", "-> <sys.path>"],
      ["import helpers\nx = helpers.one()", "<sys.path> -> x"],
      ["print(x)", "x ->"],
    ],
  },
  {
    title: "a default list keeps what it was given",
    units: [
      ["def keep(x, seen=[]):\n    seen.append(x)\n    return len(seen)", "-> keep"],
      ["a = keep(1)", "keep -> a keep"],
      ["b = keep(2)\nprint(a, b)", "a keep ->"],
    ],
  },
  {
    title: "a walrus in a condition",
    units: [
      ["text = 'abc'", "-> text"],
      ["if (n := len(text)) > 2:\n    long = True\nelse:\n    long = False", "text -> n long"],
      ["print(n, long)", "n long ->"],
    ],
  },
  {
    title: "the same loop variable in several cells is nobody's business",
    units: [
      ["out = []\nfor i in range(3):\n    out.append(i)", "-> out"],
      ["for i in range(3):\n    out.append(-i)", "out -> out"],
      ["print(out)", "out ->"],
    ],
  },
];
