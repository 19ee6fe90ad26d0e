import { element } from './element.ts';

/** Shows a link to send to others, in `#link` with its buttons `#copy` and `#open`, and again when `input` changes. */
export function showLink(input: HTMLInputElement, addressOf: (value: string) => string): { refresh(): void } {
  const link = element('link', HTMLInputElement);
  const copy = element('copy', HTMLButtonElement);
  const open = element('open', HTMLAnchorElement);

  const refresh = () => {
    link.value = addressOf(input.value);
    open.href = link.value;
  };
  input.addEventListener('input', refresh);
  refresh();

  copy.addEventListener('click', async () => {
    try {
      await navigator.clipboard.writeText(link.value);
      copy.textContent = 'Copied';
    } catch {
      // Not allowed, or not a secure page: selected, it takes one key.
      link.select();
      copy.textContent = 'Selected';
    }
    setTimeout(() => {
      copy.textContent = 'Copy';
    }, 1500);
  });
  return { refresh };
}
