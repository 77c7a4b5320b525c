/** How times, sizes and lists read. Plain functions, no editor. */

const clockFormat = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" });
const dayFormat = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short" });

/** `14:03` on the same day, `23 Nov, 14:03` in the same year, else `23 Nov 2025, 14:03`. Milliseconds since the epoch. */
export function moment(time: number, now: number): string {
  const [then, today] = [new Date(time), new Date(now)];
  const clock = clockFormat.format(then);
  if (then.toDateString() === today.toDateString()) return clock;
  const year = then.getFullYear() === today.getFullYear() ? "" : ` ${then.getFullYear()}`;
  return `${dayFormat.format(then)}${year}, ${clock}`;
}

/** `under 0.1 s`, `0.2 s`, `27 s`, `4 min 5 s`, `2 h 10 min`. */
export function duration(seconds: number): string {
  if (seconds < 0.05) return "under 0.1 s";
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return whole % 60 === 0 ? `${minutes} min` : `${minutes} min ${whole % 60} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** `a`, `a and b`, `a, b and c`. */
export function listed(words: readonly string[]): string {
  return words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} and ${words.at(-1) ?? ""}`;
}

/** The parts that say something, with a dot between them. */
export function dotted(...parts: readonly (string | undefined)[]): string {
  return parts.filter((part) => part !== undefined && part !== "").join(" · ");
}

/** First letter upper case, a full stop at the end. */
export function sentence(text: string): string {
  const start = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?…]$/.test(start) ? start : `${start}.`;
}

/** At most `length` characters, cut with an ellipsis. */
export function shortened(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length - 1).trimEnd()}…`;
}

/** Text of a file or a program, safe to stand in Markdown: nothing in it is markup, a link or an icon. */
export function escaped(text: string): string {
  return text.replace(/[\\`*_{}[\]()#+\-!|<>~$&]/g, "\\$&").replace(/\s*\n\s*/g, " ");
}

/** Text as inline code in Markdown, whatever backticks it has. */
export function code(text: string): string {
  const flat = text.replace(/\s*\n\s*/g, " ");
  const longest = Math.max(0, ...(flat.match(/`+/g) ?? []).map((run) => run.length));
  const fence = "`".repeat(longest + 1);
  return longest === 0 ? `${fence}${flat}${fence}` : `${fence} ${flat} ${fence}`;
}
