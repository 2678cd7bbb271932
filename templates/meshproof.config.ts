import { defineConfig } from 'meshproof';

export default defineConfig({
  topologies: './topologies',
  behaviours: './behaviours',
});
