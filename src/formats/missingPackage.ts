/** What a ModuleNotFoundError means for the person who has to put it right. */

/** Packages whose name on the index is not the one they are imported by. */
const packageOf: Readonly<Record<string, string>> = {
  sklearn: "scikit-learn",
  skimage: "scikit-image",
  cv2: "opencv-python",
  PIL: "pillow",
  yaml: "pyyaml",
  bs4: "beautifulsoup4",
  dateutil: "python-dateutil",
  dotenv: "python-dotenv",
  umap: "umap-learn",
  imblearn: "imbalanced-learn",
  skopt: "scikit-optimize",
  Bio: "biopython",
  IPython: "ipython",
  OpenSSL: "pyopenssl",
  serial: "pyserial",
};

const missingNames = [
  // With a dot in the name the package is there, and it is another version of it that is wanted.
  /ModuleNotFoundError: No module named '([^'.]+)'/,
  /\bneeds ([\w.]+), which .+ does not have$/,
];

/**
 * The import name of the package that Python misses, if that is what a line is about.
 * @param line the last line of a traceback, or what a pipeline's runtime says.
 */
export function missingPackageIn(line: string): string | undefined {
  for (const pattern of missingNames) {
    const name = pattern.exec(line)?.[1];
    if (name !== undefined) return name;
  }
  return undefined;
}

/** One sentence with the command that helps. @param interpreter absolute path of the Python that lacks the package. */
export function missingPackageSentence(name: string, interpreter: string): string {
  const top = name.split(".")[0] ?? name;
  const wanted = Object.hasOwn(packageOf, top) ? packageOf[top] : top;
  return `${name} is not installed for ${interpreter}: "${interpreter}" -m pip install ${wanted ?? top}`;
}
