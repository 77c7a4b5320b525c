/** Whether a text claims to be one of our manifests; other tools have a `pipeline.yaml` too. */
export function isManifest(text: string): boolean {
  return /^apiVersion:\s*["']?cellsmith\//m.test(text);
}
