import type { RoleHandle } from '@sigchart/browser';
import { element } from './element.ts';
import { readStatus } from './status.ts';

const line = (who: string, text: string): HTMLLIElement => {
  const item = document.createElement('li');
  const name = document.createElement('b');
  name.textContent = who;
  item.append(name, text);
  return item;
};

/** The chat of a page. */
export interface Chat {
  /** Sends over the data channel of a role, while that is open, or of none. */
  attach(handle: RoleHandle | undefined): void;
  /** Adds a message of another participant; data that is not text of the chat is ignored. */
  readonly heard: (who: string, data: string | ArrayBuffer) => void;
}

/** Runs the chat: sends input over the data channel, and lists received messages. */
export function createChat(): Chat {
  const list = element('messages', HTMLOListElement);
  const form = element('chat', HTMLFormElement);
  const field = element('message', HTMLInputElement);
  const send = element('send', HTMLButtonElement);
  let handle: RoleHandle | undefined;
  let detach = () => {};

  const add = (item: HTMLLIElement) => {
    list.append(item);
    list.scrollTop = list.scrollHeight;
  };

  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const text = field.value.trim();
    if (text === '' || handle === undefined) return;
    if (!handle.send(text)) return;
    add(line('You', text));
    field.value = '';
  });

  const enable = () => {
    const open = handle?.getSnapshot().dataChannel === true;
    field.disabled = !open;
    send.disabled = !open;
  };

  const heard: Chat['heard'] = (who, data) => {
    if (readStatus(data) !== undefined) return;
    add(line(who, typeof data === 'string' ? data : `${data.byteLength} bytes that are not text`));
  };

  return {
    heard,
    attach(next) {
      detach();
      handle = next;
      enable();
      if (next === undefined) return;
      const detachments = [next.subscribe(enable), next.onData((data) => heard('Other', data))];
      detach = () => {
        for (const end of detachments) end();
      };
    },
  };
}
