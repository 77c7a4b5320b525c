/** The analysis of a program as a whole: what its units do, need and hand on, and what is to be told of it. */
import { diagnosticsOf } from "./diagnostics.ts";
import { edgesOf } from "./edges.ts";
import { lazily, unitFacts, type Surroundings } from "./facts.ts";
import { flowsOf } from "./flows.ts";
import { History } from "./history.ts";
import type { ProgramFacts, Unit } from "./model.ts";
import { parsePython, type SyntaxTree } from "./parser.ts";
import { Pass, type Entry, type Stars, type UnitInput } from "./pass.ts";
import type { CallNote, UnitRecord } from "./records.ts";
import { tryOut, type Tried } from "./tryOut.ts";
import { unitText } from "./unitText.ts";
import { sharedObjects, type Obj } from "./values.ts";

/** Trees by source text: hand the same one in again, and only units whose text is new are parsed. */
export type TreeCache = Map<string, SyntaxTree>;

export interface AnalysisOptions {
  /** Names that `from M import *` binds, by module, where somebody asked Python; such an import is then like any other. */
  readonly stars?: Stars;
}

/** An analysis that is kept while its program is edited: what an edit leaves alone is not looked at again. */
export interface Analyzer {
  /** Facts about the program as it is now. Facts of earlier calls stay true of the program as it was then. */
  analyze(units: readonly Unit[]): ProgramFacts;
}

/** Types that no one can import by that name. */
const privateTypes =
  /^(scalar|None|function|type|iterator|range|io\.File|pandas\.(PlotAccessor|Accessor|Indexer|\w+GroupBy)|IPython\..*)$/;

/**
 * Analyses units that run one after the other in one global scope. Runs nothing; needs `loadPythonParser()`.
 * What cannot be known is over-estimated (one more input or output) or said in a diagnostic, never left out silently.
 */
export function analyzeProgram(
  units: readonly Unit[],
  cache: TreeCache = new Map(),
  options: AnalysisOptions = {},
): ProgramFacts {
  return createAnalyzer(cache, options).analyze(units);
}

export function createAnalyzer(cache: TreeCache = new Map(), { stars = {} }: AnalysisOptions = {}): Analyzer {
  const pass = new Pass(stars);
  const others = new Map<string, Pass>();
  return {
    analyze: (units) => {
      const inputs = units.map((unit): UnitInput => {
        const tree = cache.get(unit.source) ?? parsePython(unit.source);
        cache.set(unit.source, tree);
        return { unit, text: unitText(tree) };
      });
      pass.update(inputs);
      others.clear();
      return factsOf(pass, inputs, (order) => {
        const key = order.join();
        const known = others.get(key);
        if (known !== undefined) return known;
        const other = new Pass(stars);
        other.update(order.flatMap((at) => inputs[at] ?? []));
        others.set(key, other);
        return other;
      });
    },
  };
}

/**
 * Facts about what a pass went through last.
 * @param inOrder a pass over some of the units, in another order.
 */
function factsOf(
  pass: Pass,
  inputs: readonly UnitInput[],
  inOrder: (order: readonly number[]) => Pass,
): ProgramFacts {
  const { entries, version } = pass;
  const records = entries.map(({ record }) => record);
  const history = lazily(() => new History(records));
  const classNames = lazily(() => classNamesOf(records));
  const makers = makersOf(inputs);
  const flows = lazily(() =>
    flowsOf(
      records.map((record) => [record]),
      history(),
      classNames(),
    ),
  );
  const edges = lazily(() => edgesOf(flows(), records));
  const diagnostics = lazily(() => diagnosticsOf({ entries, flows: flows(), history: history(), makers }));
  // What hangs on the objects as they are now has to be found anew once the pass has gone on.
  const current = lazily((): Pass => {
    const again = new Pass(pass.run.knownStars);
    again.update(inputs);
    return again;
  });
  const now = (): Pass => (pass.version === version ? pass : current());
  const around = surroundings(entries, makers, now);
  const units = lazily(() => entries.map((entry) => unitFacts(entry, around)));
  flows();
  diagnostics();
  return {
    get units() {
      return units();
    },
    get flows() {
      return flows();
    },
    get edges() {
      return edges();
    },
    get diagnostics() {
      return diagnostics();
    },
    flowsOf: (groups) => {
      const order = groups.flat();
      const same = order.length === records.length && order.every((unit, at) => unit === at);
      const seen = same ? records : inOrder(order).entries.map(({ record }) => record);
      let from = 0;
      return flowsOf(
        groups.map((group) => {
          from += group.length;
          return seen.slice(from - group.length, from);
        }),
        same ? history() : new History(seen),
        classNames(),
      );
    },
    aliasesOf: (name, after) => {
      const it = now();
      return aliases(
        it === pass ? history() : new History(it.entries.map(({ record }) => record)),
        name,
        after,
      );
    },
    typeOf: (name, after) => {
      const slot = history().get(name, after);
      const type = slot?.presence === "bound" && slot.value.path === undefined ? slot.value.type : undefined;
      return type === undefined || privateTypes.test(type) ? undefined : type;
    },
  };
}

function surroundings(
  entries: readonly Entry[],
  makers: ReadonlyMap<string, number>,
  now: () => Pass,
): Surroundings {
  const notes = lazily(() => {
    const byStatement = new Map<number, CallNote[]>();
    for (const { record } of entries)
      for (const note of record.calls.values()) {
        const known = byStatement.get(note.statement);
        if (known === undefined) byStatement.set(note.statement, [note]);
        else known.push(note);
      }
    return byStatement;
  });
  const tried = new Map<string, Tried>();
  return {
    makers,
    notesOf: (statement) => notes().get(statement) ?? [],
    tried: (entry, statement, name) => {
      const at = entries.indexOf(entry);
      const key = `${at} ${statement.number}`;
      const known = tried.get(key);
      if (known !== undefined) return known;
      const pass = now();
      const same = pass.entries[at];
      const object = same?.record.writes.get(name)?.slot.value.objects ?? [];
      const made = [...object].filter(
        ({ place }) => place.unit === same?.number && place.statement === statement.number,
      );
      const found = tryOut(pass.run, made);
      const ids = new Map(same?.statementIds.map((id, place) => [id, entry.statementIds[place]]));
      const calls = found.calls.flatMap((note) => {
        const statement = ids.get(note.statement);
        return statement === undefined ? [] : [{ ...note, statement }];
      });
      const result = { ...found, calls };
      tried.set(key, result);
      return result;
    },
  };
}

function classNamesOf(records: readonly UnitRecord[]): ReadonlySet<string> {
  const names = new Set<string>();
  for (const { statements } of records)
    for (const { binds } of statements)
      for (const [name, kind] of binds) if (kind === "class") names.add(name);
  return names;
}

function makersOf(inputs: readonly UnitInput[]): ReadonlyMap<string, number> {
  const makers = new Map<string, number>();
  inputs.forEach(({ text }, unit) => {
    for (const name of text.makes) if (!makers.has(name)) makers.set(name, unit);
  });
  return makers;
}

function aliases(history: History, name: string, after: number): readonly string[] {
  const slot = history.get(name, after);
  if (slot === undefined || slot.presence === "unbound") return [];
  const mine = sharedObjects(slot.value.objects);
  if (mine.size === 0) return [];
  const shares = (objects: ReadonlySet<Obj>): boolean =>
    [...sharedObjects(objects)].some((object) => mine.has(object));
  return [...history.names(after)].filter((other) => {
    if (other === name || other.startsWith("<")) return false;
    const slot = history.get(other, after);
    return slot !== undefined && slot.presence !== "unbound" && shares(slot.value.objects);
  });
}
