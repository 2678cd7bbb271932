import { defineHostCheck } from '../host-view.js';
import { programRequirement } from '../preflight-programs.js';

export default defineHostCheck({
  id: 'F-PROGRAM-MISSING',
  title: 'a program is missing or has an unexpected version',

  ask: ({ programs }) => programs.map(programRequirement),
});
