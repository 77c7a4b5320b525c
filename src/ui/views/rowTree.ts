/**
 * Shows rows in a tree view. VS Code is told of changes by the very objects it was given, so each row stands in a node
 * that stays the same for the same id; a refresh puts the new row into the old node.
 */
import * as vscode from "vscode";
import { CommandId } from "../../ids.ts";
import { messageOf } from "../../problem.ts";
import { escaped } from "../words.ts";
import { brokenRow, type Row, type Tone } from "./row.ts";

export interface RowNode {
  readonly id: string;
  row: Row;
  readonly parent: RowNode | undefined;
}

const colors: Readonly<Record<Tone, string>> = {
  good: "testing.iconPassed",
  bad: "testing.iconFailed",
  warning: "list.warningForeground",
  busy: "progressBar.background",
  quiet: "descriptionForeground",
};

export interface RowSource {
  rows(): Promise<readonly Row[]>;
  /** A sentence above the tree, such as `Looking for notebooks …`; undefined for none. */
  readonly message?: () => string | undefined;
}

export class RowTree implements vscode.TreeDataProvider<RowNode>, vscode.Disposable {
  readonly #source: RowSource;
  readonly #nodes = new Map<string, RowNode>();
  readonly #changed = new vscode.EventEmitter<RowNode | RowNode[] | undefined>();
  readonly #failed: (error: unknown) => void;
  readonly onDidChangeTreeData = this.#changed.event;

  constructor(source: RowSource, failed: (error: unknown) => void) {
    this.#source = source;
    this.#failed = failed;
  }

  async getChildren(node?: RowNode): Promise<RowNode[]> {
    try {
      const rows = node === undefined ? await this.#source.rows() : ((await node.row.children?.()) ?? []);
      return rows.map((row) => this.#nodeOf(row, node));
    } catch (error) {
      this.#failed(error);
      // Without a row VS Code would say that there is nothing here.
      return [this.#nodeOf(brokenRow(`${node?.id ?? ""}#failed`, "Cannot be shown", messageOf(error)), node)];
    }
  }

  getParent(node: RowNode): RowNode | undefined {
    return node.parent;
  }

  getTreeItem({ id, row }: RowNode): vscode.TreeItem {
    return itemOf(id, row);
  }

  /** All rows are asked for anew. */
  refresh(): void {
    this.#changed.fire(undefined);
  }

  /** Puts new rows where rows of the same ids stand. Returns false if one of them is not shown yet. */
  update(rows: readonly Row[]): boolean {
    const nodes = rows.map((row) => {
      const node = this.#nodes.get(row.id);
      if (node !== undefined) node.row = row;
      return node;
    });
    const known = nodes.filter((node) => node !== undefined);
    if (known.length > 0) this.#changed.fire(known);
    return known.length === rows.length;
  }

  dispose(): void {
    this.#nodes.clear();
    this.#changed.dispose();
  }

  #nodeOf(row: Row, parent: RowNode | undefined): RowNode {
    const known = this.#nodes.get(row.id);
    if (known?.parent === parent && known !== undefined) {
      known.row = row;
      return known;
    }
    const node = { id: row.id, row, parent };
    this.#nodes.set(row.id, node);
    return node;
  }
}

function itemOf(id: string, row: Row): vscode.TreeItem {
  const { None, Collapsed, Expanded } = vscode.TreeItemCollapsibleState;
  const item = new vscode.TreeItem(
    row.label,
    row.children === undefined ? None : row.expanded === true ? Expanded : Collapsed,
  );
  item.id = id;
  item.iconPath =
    row.icon.tone === undefined
      ? new vscode.ThemeIcon(row.icon.name)
      : new vscode.ThemeIcon(row.icon.name, new vscode.ThemeColor(colors[row.icon.tone]));
  item.tooltip = new vscode.MarkdownString(row.tooltip ?? escaped(row.label), true);
  if (row.description !== undefined) item.description = row.description;
  if (row.context !== undefined) item.contextValue = row.context;
  if (row.spoken !== undefined) item.accessibilityInformation = { label: row.spoken };
  if (row.subject !== undefined && row.subject.kind !== "folder" && row.subject.kind !== "experiment") {
    item.command = { command: CommandId.open, title: "Open", arguments: [row.subject] };
  }
  return item;
}
