import { z } from 'zod';
import { topologySchema } from './topology-schema.js';

/** The JSON schema of a topology file, as text with a line break at its end; schema/topology.schema.json holds it for editors. */
export function topologyJsonSchema(): string {
  return `${JSON.stringify(z.toJSONSchema(topologySchema, { io: 'input' }), null, 2)}\n`;
}
