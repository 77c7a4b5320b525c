/** The page of a planned conversion as a webview: sends what is to be shown, passes on what was clicked. */
import * as vscode from "vscode";
import {
  type FromPlanPage,
  fromPlanPageSchema,
  type PlanView,
  type ToPlanPage,
} from "../../protocol/planPage.ts";
import { createPage } from "./pagePanel.ts";

export class PlanPanel implements vscode.Disposable {
  readonly #panel: vscode.WebviewPanel;
  readonly #disposables: vscode.Disposable[] = [];
  #ready = false;
  #plan: PlanView | undefined;
  readonly #notebook: string;
  #tellShown: () => void = () => undefined;
  /** Settles when the page's script is at work. */
  readonly shown = new Promise<void>((resolve) => {
    this.#tellShown = resolve;
  });

  /**
   * @param notebook its name, said while it is read.
   * @param hear what the page says; `cancel` also when the page is closed.
   */
  constructor(
    extensionFolder: string,
    title: string,
    notebook: string,
    hear: (message: FromPlanPage) => void,
  ) {
    this.#notebook = notebook;
    this.#panel = createPage({
      ...{ extensionFolder, title, name: "plan", viewType: "cellsmith.plan" },
      column: vscode.ViewColumn.Active,
    });
    const { webview } = this.#panel;
    this.#disposables.push(
      webview.onDidReceiveMessage((message: unknown) => {
        const parsed = fromPlanPageSchema.safeParse(message);
        if (!parsed.success) return;
        if (parsed.data.type === "ready") {
          // A page that was hidden is made anew and says so again.
          this.#ready = true;
          this.#tellShown();
          this.#send();
        } else {
          hear(parsed.data);
        }
      }),
      this.#panel.onDidDispose(() => {
        hear({ type: "cancel" });
      }),
    );
  }

  show(plan: PlanView): void {
    this.#plan = plan;
    this.#send();
  }

  reveal(): void {
    this.#panel.reveal();
  }

  dispose(): void {
    for (const each of this.#disposables) each.dispose();
    this.#panel.dispose();
  }

  #send(): void {
    if (!this.#ready) return;
    const message: ToPlanPage =
      this.#plan === undefined
        ? { type: "reading", name: this.#notebook }
        : { type: "plan", plan: this.#plan };
    void this.#panel.webview.postMessage(message);
  }
}
