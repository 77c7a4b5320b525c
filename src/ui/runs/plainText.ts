/** A terminal's text as plain text: without colours and cursor moves, a line overwritten by `\r` as it was last. */
export function plainText(text: string): string {
  return text
    .replace(/\r\n/g, "\n")
    .replace(new RegExp("\\u001b\\[[0-9;?]*[ -/]*[@-~]|\\u001b\\][^\\u0007]*\\u0007", "g"), "")
    .split("\n")
    .map((line) => line.replace(/\r+$/, "").replace(/^[^]*\r/, ""))
    .join("\n");
}
