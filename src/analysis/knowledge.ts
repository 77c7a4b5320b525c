/**
 * What is known of libraries, as data in `library/*.json`. A rule says in words what a call does:
 *
 *   ->TYPE      certain type of the result; `self` and `0` are the receiver's and the first argument's, `scalar` any
 *               immutable, `(A,B)` a tuple
 *   !self !0 !ax !deep   what it changes: the receiver, an argument by position or keyword, the receiver with all it
 *               holds; `!self~` changes the structure but no shared memory, as adding a column does
 *   =self =0 =view =hold =element =elements …   what the result is: the receiver, an argument, a view of it, something
 *               that holds receiver and arguments, one element, a new container of the elements (`0`: of the argument)
 *   =items =keys =values =enumerate =zip =through =filtered   what a loop over it gives at a time
 *   store storeall   arguments are kept in the receiver (`storeall`: their elements)
 *   r<E> w<E> rw<E> s<E>   reads, changes, replaces the effect E
 *   file:r:0:path    reads (`w`: writes) the file named by an argument; `selffile:r` the one the receiver names
 *   seed:KEYWORD     draws from numpy's global generator unless the keyword is given; `fits` if its receiver does
 *   once resource    the result is used up by reading it, has to be closed
 *
 * Nothing else of a call is assumed; a call without a rule may change whatever it is given.
 */
import * as z from "zod";
import matplotlib from "./library/matplotlib.json" with { type: "json" };
import numpy from "./library/numpy.json" with { type: "json" };
import pandas from "./library/pandas.json" with { type: "json" };
import python from "./library/python.json" with { type: "json" };
import sklearn from "./library/sklearn.json" with { type: "json" };

/** `self`, `deep`, a position or a keyword. */
export interface Mutation {
  readonly what: string;
  /** True where only the structure changes, not memory that views share. */
  readonly structure: boolean;
}

export interface Rule {
  readonly returns: string | undefined;
  readonly mutates: readonly Mutation[];
  readonly gives: string | undefined;
  readonly stores: "" | "store" | "storeall";
  readonly effects: readonly { readonly mode: "r" | "w" | "rw" | "s"; readonly effect: string }[];
  readonly files: readonly {
    readonly write: boolean;
    readonly self: boolean;
    readonly at: number;
    readonly keyword: string;
  }[];
  readonly seed: string | undefined;
  readonly flags: ReadonlySet<string>;
}

const names = z.record(z.string(), z.string());
const librarySchema = z.object({
  modules: names,
  functions: names,
  classes: z.record(
    z.string(),
    z.object({
      like: z.string().optional(),
      default: z.string().optional(),
      methods: names.optional(),
      attributes: names.optional(),
    }),
  ),
  families: names.optional(),
  random: z.string().optional(),
  values: names,
});

interface ClassRules {
  readonly like: string | undefined;
  readonly fallback: Rule | undefined;
  readonly methods: ReadonlyMap<string, Rule>;
  readonly attributes: ReadonlyMap<string, Rule>;
}

const modules = new Map<string, Rule>();
const functions = new Map<string, Rule>();
const classes = new Map<string, ClassRules>();
const families = new Map<string, string>();
const random = new Set<string>();
const values = new Map<string, string>();
const byMethod = new Map<string, Rule[]>();

for (const library of [python, numpy, pandas, sklearn, matplotlib].map((data) => librarySchema.parse(data))) {
  for (const [module, text] of Object.entries(library.modules)) modules.set(module, parseRule(text));
  for (const [path, rule] of expand(library.functions)) functions.set(path, rule);
  for (const [type, entry] of Object.entries(library.classes)) {
    const methods = expand(entry.methods ?? {});
    classes.set(type, {
      like: entry.like,
      fallback: entry.default === undefined ? undefined : parseRule(entry.default),
      methods,
      attributes: expand(entry.attributes ?? {}),
    });
    for (const [name, rule] of methods) byMethod.set(name, [...(byMethod.get(name) ?? []), rule]);
  }
  for (const [prefix, type] of Object.entries(library.families ?? {})) families.set(prefix, type);
  for (const name of (library.random ?? "").split(" ")) random.add(name);
  for (const [path, effect] of Object.entries(library.values)) values.set(path, effect);
}

function expand(table: Readonly<Record<string, string>>): Map<string, Rule> {
  const rules = new Map<string, Rule>();
  for (const [text, listed] of Object.entries(table)) {
    const rule = parseRule(text);
    for (const name of listed.split(" ")) if (name !== "") rules.set(name, rule);
  }
  return rules;
}

/** Reads a rule's words; exported for the test that holds the data to the grammar. */
export function parseRule(text: string): Rule {
  let returns: string | undefined;
  let gives: string | undefined;
  let seed: string | undefined;
  let stores: Rule["stores"] = "";
  const mutates: Mutation[] = [];
  const effects: Rule["effects"][number][] = [];
  const files: Rule["files"][number][] = [];
  const flags = new Set<string>();
  for (const word of text.split(" ")) {
    const effect = /^(rw|r|w|s)(<.+>)$/.exec(word);
    const file = /^file:([rw]):(\d):(\w+)$/.exec(word);
    if (word === "") continue;
    if (word.startsWith("->")) returns = word.slice(2);
    else if (word.startsWith("!"))
      mutates.push({ what: word.slice(1).replace("~", ""), structure: word.endsWith("~") });
    else if (word.startsWith("=")) gives = word.slice(1);
    else if (word === "store" || word === "storeall") stores = word;
    else if (word.startsWith("seed:")) seed = word.slice(5);
    else if (word.startsWith("selffile:"))
      files.push({ write: word.endsWith("w"), self: true, at: 0, keyword: "" });
    else if (effect?.[2] !== undefined) effects.push({ mode: modeOf(effect[1]), effect: effect[2] });
    else if (file !== null) {
      files.push({ write: file[1] === "w", self: false, at: Number(file[2]), keyword: file[3] ?? "" });
    } else if (/^(once|resource|fits|figure|subplots)$/.test(word)) flags.add(word);
    else throw new Error(`library rule: ${word} in "${text}"`);
  }
  return { returns, mutates, gives, stores, effects, files, seed, flags };
}

function modeOf(text: string | undefined): "r" | "w" | "rw" | "s" {
  return text === "r" || text === "w" || text === "rw" ? text : "s";
}

/** The rule for a call by dotted path: its own, a class's constructor, or what holds for the whole module. */
export function functionRule(path: string): Rule | undefined {
  const own = functions.get(path);
  if (own !== undefined) return own;
  if (isClassPath(path)) return constructorRule(path);
  for (let end = path.lastIndexOf("."); end > 0; end = path.lastIndexOf(".", end - 1)) {
    const rule = modules.get(path.slice(0, end));
    if (rule !== undefined) return rule;
  }
  return modules.get(path);
}

/** True for what is spelled like a class: `sklearn.svm.SVC`, `torch.nn.Linear`. */
export function isClassPath(path: string): boolean {
  return classes.has(path) || /\.[A-Z]\w*$/.test(path);
}

function constructorRule(path: string): Rule {
  return parseRule(`->${path} =hold`);
}

/** Rule of a method of a type; undefined where nothing is known of that type or method. */
export function methodRule(type: string, method: string): Rule | undefined {
  for (let rules = rulesOf(type), depth = 0; rules !== undefined && depth < 4; depth += 1) {
    const found = rules.methods.get(method) ?? rules.fallback;
    if (found !== undefined) return found;
    rules = rules.like === undefined ? undefined : rulesOf(rules.like);
  }
  return undefined;
}

export function attributeRule(type: string, attribute: string): Rule | undefined {
  return rulesOf(type)?.attributes.get(attribute);
}

/** Rules of every known method of this name, for a receiver whose type is not known. */
export function methodRules(method: string): readonly Rule[] {
  return byMethod.get(method) ?? [];
}

export function knowsType(type: string): boolean {
  return rulesOf(type) !== undefined;
}

function rulesOf(type: string): ClassRules | undefined {
  const own = classes.get(type);
  if (own !== undefined) return own;
  for (const [prefix, family] of families) if (type.startsWith(prefix)) return classes.get(family);
  return undefined;
}

/** True for estimators that draw random numbers as they work. */
export function isRandom(path: string): boolean {
  return random.has(path.slice(path.lastIndexOf(".") + 1));
}

/** The effect behind a module's value, such as `<env>` behind `os.environ` and what hangs on it. */
export function effectOfValue(path: string): string | undefined {
  for (let end = path.length; end > 0; end = path.lastIndexOf(".", end - 1)) {
    const effect = values.get(path.slice(0, end));
    if (effect !== undefined) return effect === "" ? undefined : effect;
  }
  return undefined;
}

/** Python's builtins, and what IPython puts beside them. */
export const builtinNames: ReadonlySet<string> = new Set(
  (
    "abs aiter all anext any ascii bin bool breakpoint bytearray bytes callable chr classmethod compile complex copyright credits delattr dict dir divmod enumerate eval exec exit " +
    "filter float format frozenset getattr globals hasattr hash help hex id input int isinstance issubclass iter len license list locals map max memoryview min next object oct " +
    "open ord pow print property quit range repr reversed round set setattr slice sorted staticmethod str sum super tuple type vars zip __import__ __name__ __doc__ __file__ __builtins__ " +
    "__debug__ __spec__ __package__ __loader__ Ellipsis NotImplemented display get_ipython " +
    "ArithmeticError AssertionError AttributeError BaseException BaseExceptionGroup BlockingIOError BrokenPipeError BufferError BytesWarning ChildProcessError ConnectionAbortedError " +
    "ConnectionError ConnectionRefusedError ConnectionResetError DeprecationWarning EOFError EncodingWarning EnvironmentError Exception ExceptionGroup FileExistsError FileNotFoundError " +
    "FloatingPointError FutureWarning GeneratorExit IOError ImportError ImportWarning IndentationError IndexError InterruptedError IsADirectoryError KeyError KeyboardInterrupt " +
    "LookupError MemoryError ModuleNotFoundError NameError NotADirectoryError NotImplementedError OSError OverflowError PendingDeprecationWarning PermissionError ProcessLookupError " +
    "RecursionError ReferenceError ResourceWarning RuntimeError RuntimeWarning StopAsyncIteration StopIteration SyntaxError SyntaxWarning SystemError SystemExit TabError TimeoutError " +
    "TypeError UnboundLocalError UnicodeDecodeError UnicodeEncodeError UnicodeError UnicodeTranslateError UnicodeWarning UserWarning ValueError Warning ZeroDivisionError"
  ).split(" "),
);
