import { text } from 'node:stream/consumers';
import { withLabels } from '../kube/yaml-documents.js';

// helm's post-renderer: manifests come in, and go out with the labels that the arguments name, `key=value`
const labels = Object.fromEntries(process.argv.slice(2).map((word) => word.split('=') as [string, string]));
process.stdout.write(withLabels(await text(process.stdin), labels));
