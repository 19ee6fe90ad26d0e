import { element } from './element.ts';

/** The button with which one raises a hand. */
export interface HandButton {
  readonly isRaised: boolean;
  /** Enables the button while there are other participants. At the end, the hand is lowered. */
  attach(isHere: boolean): void;
}

/** Runs the button `#hand`. `changed` is called when the hand is raised or lowered. */
export function runHandButton(changed: () => void): HandButton {
  const button = element('hand', HTMLButtonElement);
  const word = button.querySelector('span');
  let isRaised = false;
  const show = () => {
    button.classList.toggle('on', isRaised);
    if (word !== null) word.textContent = isRaised ? 'Lower hand' : 'Raise hand';
  };
  button.addEventListener('click', () => {
    isRaised = !isRaised;
    show();
    changed();
  });
  return {
    get isRaised() {
      return isRaised;
    },
    attach(isHere) {
      button.disabled = !isHere;
      if (!isHere) isRaised = false;
      show();
    },
  };
}
