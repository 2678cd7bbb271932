import { defineHostCheck } from '../host-view.js';

export default defineHostCheck({
  id: 'F-DOCKER-SILENT',
  title: 'no Docker daemon answers',
  applies: ({ docker }) => docker !== undefined,

  ask: ({ docker }) => [docker!.answer],
});
