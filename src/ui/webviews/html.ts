/** The frame of every page: one script, one style sheet, nothing from outside, nothing inline. */
import { randomBytes } from "node:crypto";

export interface PageFrame {
  readonly title: string;
  /** Addresses as the webview serves them. */
  readonly script: string;
  readonly style: string;
  /** What the webview calls its own origin. */
  readonly source: string;
}

export function pageHtml({ title, script, style, source }: PageFrame): string {
  const nonce = randomBytes(16).toString("base64");
  const policy = `default-src 'none'; style-src ${source}; script-src 'nonce-${nonce}'`;
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${attribute(policy)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="${attribute(style)}">
<title>${attribute(title)}</title>
</head>
<body>
<main id="page"></main>
<script nonce="${nonce}" src="${attribute(script)}"></script>
</body>
</html>
`;
}

function attribute(text: string): string {
  return text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
