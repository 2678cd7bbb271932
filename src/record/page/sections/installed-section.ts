import type { TopologyRecord } from '../../result.js';
import { html } from '../html.js';
import type { Section } from '../section.js';

/** What was installed, and what ran. */
export const installedSection: Section<TopologyRecord> = {
  title: 'Control planes and images',
  show({ controlPlanes = [], images = [] }) {
    if (controlPlanes.length === 0) return undefined;
    const planes = controlPlanes.map(({ cluster, revision, version, installer, namespace, servedBy }) => {
      const served = servedBy ? `, served by ${servedBy}` : '';
      const what = `Istio ${version} by ${installer}, revision ${revision} in ${namespace}${served}`;
      return html`<tr>
        <th scope="row">${cluster}</th>
        <td>${what}</td>
      </tr>`;
    });
    const rows = images.map(
      ({ cluster, image, id }) =>
        html`<tr>
          <th scope="row">${cluster}</th>
          <td>${image}</td>
          <td>${id}</td>
        </tr>`,
    );
    return html`<table>
        <tbody>
          ${planes}
        </tbody>
      </table>
      ${
        rows.length > 0 &&
        html`<details>
          <summary>${images.length} images</summary>
          <table>
            <tbody>
              ${rows}
            </tbody>
          </table>
        </details>`
      }`;
  },
};
