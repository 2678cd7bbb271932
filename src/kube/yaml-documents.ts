import { parseAllDocuments, stringify } from 'yaml';

/** YAML of several objects, in order. */
export function documents(objects: readonly object[]): string {
  return objects.map((object) => stringify(object)).join('---\n');
}

/** The objects of YAML documents with more labels. */
export function labelled(yaml: string, labels: Record<string, string>): string {
  const objects = parseAllDocuments(yaml)
    .map((document) => document.toJS() as { metadata: { labels?: Record<string, string> } } | null)
    .filter((object) => object !== null);
  return documents(
    objects.map((object) => ({
      ...object,
      metadata: { ...object.metadata, labels: { ...object.metadata.labels, ...labels } },
    })),
  );
}
