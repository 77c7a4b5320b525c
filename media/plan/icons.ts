/** Line drawings of 16 by 16 in the colour of the text, so that they are right in every theme. */

const paths = {
  chevron: "M6 4l4 4-4 4",
  edit: "M3 13l.6-2.6 7.2-7.2 2 2-7.2 7.2L3 13zM9.6 4.4l2 2",
  up: "M8 13V4M4.5 7.5L8 4l3.5 3.5",
  down: "M8 3v9M4.5 8.5L8 12l3.5-3.5",
  split: "M2 8h12M8 1.5v3.5M6.3 3.2L8 1.5l1.7 1.7M8 14.5V11M6.3 12.8L8 14.5l1.7-1.7",
  merge: "M2.5 2.5h11M8 13V6M4.8 9L8 5.8 11.2 9",
  leave: "M3 8h10",
  off: "M4 4l8 8M12 4l-8 8",
  on: "M8 3v10M3 8h10",
  undo: "M3 7h6.5a3.5 3.5 0 010 7H6M5.8 4.2L3 7l2.8 2.8",
  redo: "M13 7H6.5a3.5 3.5 0 000 7H10M10.2 4.2L13 7l-2.8 2.8",
  reset: "M3.2 6.2A5.2 5.2 0 118 13.2M3 2.8v3.6h3.6",
  grip: "M6 4h.01M6 8h.01M6 12h.01M10 4h.01M10 8h.01M10 12h.01",
} as const;

export type IconName = keyof typeof paths;

const space = "http://www.w3.org/2000/svg";

export function icon(name: IconName): SVGElement {
  const drawing = document.createElementNS(space, "svg");
  for (const [key, value] of Object.entries({ viewBox: "0 0 16 16", "aria-hidden": "true", class: "drawn" }))
    drawing.setAttribute(key, value);
  const line = document.createElementNS(space, "path");
  line.setAttribute("d", paths[name]);
  drawing.append(line);
  return drawing;
}
