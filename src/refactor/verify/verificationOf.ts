/** Puts what the runs gave together: cell ids become indices, the masked run becomes a statement about signatures. */
import type { Compared, Comparison, Signatures, Unrepeated, Verification, VerifyMode } from "./model.ts";
import { notComparedIn } from "./planNotes.ts";
import type { Subject } from "./subject.ts";
import { isSame, type Outcomes } from "./verifyPipeline.ts";

export function verificationOf(
  { lock, manifest }: Subject,
  outcomes: Outcomes,
  told: Pick<Verification, "basis" | "noticed" | "seconds">,
): Verification {
  const indexOf = (id: string): number | null => lock.cells[id]?.index ?? null;
  const compared: Compared[] = [];
  const nondeterministic: Unrepeated[] = [];
  const modes: VerifyMode[] = [];
  for (const [mode, outcome] of outcomes) {
    if (mode === "masked") continue;
    modes.push(mode);
    compared.push(...outcome.compared.map((one) => ({ ...one, cell: indexOf(one.cell), mode })));
    nondeterministic.push(
      ...outcome.nondeterministic.map(({ drawn, "drawn in": drawnIn, ...one }) => ({
        ...one,
        cell: indexOf(one.cell),
        mode,
        ...(drawn === undefined
          ? {}
          : { unseeded: { generator: drawn, cell: drawnIn === undefined ? null : indexOf(drawnIn) } }),
      })),
    );
  }
  const [first] = modes;
  return {
    same: compared.every(({ same }) => same),
    mode: modes.length === 1 && first !== undefined ? first : "both",
    ...told,
    signatures: signaturesOf(outcomes, told.basis, indexOf),
    compared,
    nondeterministic,
    notCompared: [
      ...notComparedIn(lock),
      ...new Set(
        [...outcomes.values()].flatMap(({ notCompared }) =>
          notCompared
            .filter(({ why }) => why !== "not carried over")
            .map(
              ({ name, why }) => `${Object.hasOwn(manifest.steps, name) ? `step ${name}` : name} (${why})`,
            ),
        ),
      ),
    ],
    with: [...outcomes.values()].find((outcome) => outcome.with !== "")?.with ?? "",
  };
}

function signaturesOf(
  outcomes: Outcomes,
  basis: Verification["basis"],
  indexOf: (id: string) => number | null,
): Signatures {
  const outcome: Comparison | undefined = outcomes.get("isolated") ?? outcomes.get("masked");
  const inProcess = outcomes.get("in-process");
  // What differs with everything in reach says nothing of what was declared.
  const tells = outcome !== undefined && (isSame(outcome) || (inProcess !== undefined && isSame(inProcess)));
  if (!tells || basis.kind !== "run") return { state: "not checked", differences: [], notMasked: [] };
  return {
    state: isSame(outcome) ? "hold" : "do not hold",
    differences: outcome.compared
      .filter(({ same }) => !same)
      .map((one) => ({ ...one, cell: indexOf(one.cell) })),
    notMasked: outcome.notMasked,
  };
}
