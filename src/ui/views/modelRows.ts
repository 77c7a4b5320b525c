/** Models → versions with the run they came from. Plain data in, rows out. */
import { humanSize } from "../../formats/quantities.ts";
import { describeModel, describeVersion } from "../../models/describeModel.ts";
import type { Model, ModelVersion } from "../../models/model.ts";
import { code, dotted, escaped, moment } from "../words.ts";
import { shortDigest } from "./experimentRows.ts";
import { runLinkRow, useRows } from "./linkRows.ts";
import type { Row } from "./row.ts";

export function modelRows(folder: string, models: readonly Model[], now: number): readonly Row[] {
  return models.map((model) => {
    const id = `${folder}#model:${model.source}`;
    const description = describeModel(model);
    return {
      id,
      label: model.name,
      description,
      icon: { name: "package" },
      tooltip: `**${escaped(model.name)}** ${escaped(model.source)}\n\n${escaped(description)}`,
      context: "model",
      subject: model.path === undefined ? undefined : { kind: "file", path: model.path },
      spoken: dotted(model.name, description),
      children: () => [
        ...model.versions.map((version) => versionRow(folder, id, version, now)),
        ...useRows(id, "written", model.writtenBy),
        ...useRows(id, "read", model.readBy),
      ],
    };
  });
}

function versionRow(folder: string, parent: string, version: ModelVersion, now: number): Row {
  const id = `${parent}@${version.version}`;
  const description = dotted(
    describeVersion(version),
    version.size === undefined ? undefined : humanSize(version.size),
    moment(version.created, now),
  );
  return {
    id,
    label: `version ${version.version}`,
    description,
    icon: { name: "versions" },
    tooltip: [
      escaped(description),
      escaped(version.path),
      version.digest === undefined ? undefined : `${code(shortDigest(version.digest) ?? "")} by content`,
    ]
      .filter((text) => text !== undefined)
      .join("\n\n"),
    context: "modelVersion",
    subject: { kind: "run", folder, run: version.run.id },
    spoken: dotted(`version ${version.version}`, description),
    children: () => [runLinkRow(folder, id, version.run, now)],
  };
}
