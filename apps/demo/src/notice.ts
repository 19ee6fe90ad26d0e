import { element } from './element.ts';
import type { Explanation } from './explain/explanation.ts';

const paragraph = (name: string, content: string): HTMLElement => {
  const created = document.createElement(name);
  created.textContent = content;
  return created;
};

/** Shows an explanation, or clears it. */
export function showNotice(explanation: Explanation | undefined): void {
  const notice = element('error', HTMLDivElement);
  const content =
    explanation === undefined ? [] : [paragraph('strong', explanation.title), paragraph('p', explanation.advice)];
  const text = content.map(({ textContent }) => textContent).join('');
  // Setting the same text again would make screen readers read it again.
  if (notice.textContent === text) return;
  notice.className = explanation?.outlook ?? '';
  notice.replaceChildren(...content);
}
