const secretName = /passw(or)?d|secret|token|api_?key|credential|private_?key/i;

/** Whether a parameter's name says that its value is nobody's business. */
export function isSecretName(name: string): boolean {
  return secretName.test(name);
}

/** `token=abc` and `--api-key=abc` without what follows the sign. */
export function redactArgument(argument: string): string {
  const sign = argument.indexOf("=");
  if (sign === -1 || !isSecretName(argument.slice(0, sign).replaceAll("-", "_"))) return argument;
  return `${argument.slice(0, sign)}=***`;
}
