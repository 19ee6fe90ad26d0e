import type { Plugin } from 'vite';
import { type Entry, entries, pages } from './pages.ts';

/** Two states, and the way there and back. */
const mark =
  '<circle cx="5.5" cy="12" r="2.8" fill="currentColor"/><circle cx="18.5" cy="12" r="2.8"/><path d="M7.5 8c2.2-3 6.8-3 9 0M16.5 16c-2.2 3-6.8 3-9 0"/>';

const svg = (content: string, color = 'currentColor') =>
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" fill="none" color="${color}" stroke="currentColor" stroke-width="1.8" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true">${content}</svg>`;

const favicon = `data:image/svg+xml,${encodeURIComponent(svg(mark, '#12908a'))}`;

const isStart = ({ address }: Entry) => address === 'index.html';

const head = (page: Entry) => `
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <meta name="color-scheme" content="light dark" />
    <meta name="description" content="${page.summary}" />
    <title>${isStart(page) ? 'Sigchart' : `${page.title} · Sigchart`}</title>
    <link rel="icon" href="${favicon}" />`;

const header = (current: Entry) => `
    <header class="masthead">
      <a class="brand" href="./">${svg(mark)}Sigchart</a>
      <nav aria-label="Pages">
        ${entries
          .filter((entry) => !isStart(entry))
          .map((entry) => {
            const here = entry === current ? ' aria-current="page"' : '';
            return `<a href="${entry.address}"${here}>${entry.title}</a>`;
          })
          .join('\n        ')}
      </nav>
    </header>`;

const cards = () =>
  entries
    .filter((entry) => !isStart(entry))
    .map(
      ({ address, title, icon, summary }) => `
        <a class="card door" href="${address}">${svg(icon)}<strong>${title}</strong><span>${summary}</span></a>`,
    )
    .join('');

const machine = () => `
        <section class="card machine" aria-labelledby="machineTitle">
          <h2 id="machineTitle">State machine</h2>
          <div id="chart" class="chart"></div>
          <h3>Transitions</h3>
          <ol id="transitions" class="transitions" aria-label="Transitions, the newest first"></ol>
        </section>`;

const source = () => `
            <fieldset>
              <legend>Source</legend>
              <div class="segments">
                <label><input type="radio" name="source" value="camera" checked /><span>Camera</span></label>
                <label><input type="radio" name="source" value="screen" /><span>Screen</span></label>
                <label><input type="radio" name="source" value="test" /><span>Test picture</span></label>
              </div>
            </fieldset>`;

/** Stays enabled while something is sent: devices can be changed then, too. */
const devices = () => `
          <div id="devices" class="devices" hidden>
            <label hidden>Camera <select id="cameraDevice"></select></label>
            <label hidden>Microphone <select id="microphoneDevice"></select></label>
          </div>
          <button id="preview" type="button">Preview</button>`;

const slash = '<path class="slash" d="m4 4 16 16"/>';
const microphone = '<rect x="9" y="3" width="6" height="11" rx="3"/><path d="M5.5 11.5a6.5 6.5 0 0 0 13 0M12 18v3"/>';
const camera = '<rect x="2.5" y="6" width="12.5" height="12" rx="2.5"/><path d="m15 11 6.5-3.5v9L15 13"/>';
const door = '<path d="M14 4H6.5A1.5 1.5 0 0 0 5 5.5v13A1.5 1.5 0 0 0 6.5 20H14M10 12h11m-4-4 4 4-4 4"/>';

const screen = '<rect x="2.5" y="4" width="19" height="13" rx="2"/><path d="M9 21h6M12 14V8m-3 2.5L12 7.5l3 3"/>';
const turn = '<path d="M4 11a8 8 0 0 1 14-4.5L20 9M20 4v5h-5M20 13a8 8 0 0 1-14 4.5L4 15M4 20v-5h5"/>';
const hand =
  '<path d="M8 13V5.5a1.5 1.5 0 0 1 3 0V11m0-1V4a1.5 1.5 0 0 1 3 0v7m0-5.5a1.5 1.5 0 0 1 3 0V14c0 4-2 7-6 7-3 0-4.5-1.5-6-4l-2-3.5a1.5 1.5 0 0 1 2.5-1.5L8 14"/>';
const pin = '<path d="M9 3h6l-1 7 3.5 3.5h-11L10 10zM12 13.5V21"/>';

const hasOthers = ({ address }: Entry) => address === 'peer.html' || address === 'conference.html';

/** Controls while media is sent. In a call or conference, also the controls for the other participants. */
const bar = (page: Entry) => `
          <div class="bar" role="group" aria-label="What you send">
            <button id="microphone" type="button">${svg(microphone + slash)}<span>Mute</span></button>
            <button id="camera" type="button">${svg(camera + slash)}<span>Camera off</span></button>
            <button id="flip" type="button" hidden>${svg(turn)}<span>Flip camera</span></button>
            <button id="share" type="button" hidden>${svg(screen)}<span>Share screen</span></button>${
              hasOthers(page)
                ? `
            <button id="hand" type="button" disabled>${svg(hand)}<span>Raise hand</span></button>
            <button id="stop" class="leave" type="button" disabled>${svg(door)}<span>Leave</span></button>`
                : ''
            }
          </div>`;

const handIcon = () => svg(hand);
const pinIcon = () => svg(pin);

/** State of the role, in plain words and by its name in the machine. */
const pill = () =>
  '<p class="pill" role="status"><span class="unseen">State: </span><span id="caption">Not started</span><code id="state" data-state="idle">idle</code></p>';

const mutedIcon = () => svg(microphone + slash);

const token = () => `
            <details>
              <summary>More</summary>
              <label for="token">Token</label>
              <input id="token" autocomplete="off" spellcheck="false" placeholder="Only if the server asks for one" />
            </details>`;

const link = () => `
          <div class="link-field">
            <label for="link">Invite others with this link</label>
            <input id="link" readonly />
            <div class="row actions">
              <button id="copy" type="button" aria-live="polite">Copy</button>
              <a id="open" class="button" target="_blank" href="./">Open</a>
            </div>
          </div>`;

const chat = () => `
        <section class="card" aria-labelledby="chatTitle">
          <h2 id="chatTitle">Chat</h2>
          <p class="hint">Everyone in the room can read it. Messages are not stored.</p>
          <ol id="messages" class="messages" role="log" aria-label="Messages"></ol>
          <form id="chat" class="row">
            <label class="unseen" for="message">Message</label>
            <input id="message" autocomplete="off" placeholder="Say something" disabled />
            <button id="send" type="submit" disabled>Send</button>
          </form>
        </section>`;

const sending = () => `
        <section class="card" data-direction="outbound" aria-labelledby="sendingTitle">
          <h2 id="sendingTitle">Sending</h2>
          <dl class="figures">
            <div><dt>Bitrate</dt><dd><data data-figure="bitrate" value="">–</data></dd></div>
            <div><dt>Resolution</dt><dd><data data-figure="resolution" value="">–</data></dd></div>
            <div><dt>Frame rate</dt><dd><data data-figure="frameRate" value="">–</data></dd></div>
            <div><dt>Round trip</dt><dd><data data-figure="roundTripTime" value="">–</data></dd></div>
            <div><dt>Limited by</dt><dd><data data-figure="limitation" value="">–</data></dd></div>
            <div><dt>Codec</dt><dd><data data-figure="codec" value="">–</data></dd></div>
          </dl>
          <svg class="sparkline" aria-hidden="true"></svg>
        </section>`;

/** Display of the quality, for players of servers that report it. */
const quality = () => `
            <div><dt>Path carries</dt><dd><data data-figure="estimate" value="">–</data></dd></div>
            <div><dt>Layer</dt><dd><data data-figure="layer" value="">–</data></dd></div>
            <div><dt>Limited by</dt><dd><data data-figure="reason" value="">–</data></dd></div>`;

const receiving = (page: Entry) => `
        <section class="card" data-direction="inbound" aria-labelledby="receivingTitle">
          <h2 id="receivingTitle">Receiving</h2>
          <dl class="figures">
            <div><dt>Bitrate</dt><dd><data data-figure="bitrate" value="">–</data></dd></div>
            <div><dt>Resolution</dt><dd><data data-figure="resolution" value="">–</data></dd></div>
            <div><dt>Frame rate</dt><dd><data data-figure="frameRate" value="">–</data></dd></div>
            <div><dt>Packets lost</dt><dd><data data-figure="packetsLost" value="">–</data></dd></div>
            <div><dt>Jitter</dt><dd><data data-figure="jitter" value="">–</data></dd></div>
            <div><dt>Codec</dt><dd><data data-figure="codec" value="">–</data></dd></div>${page.address === 'play.html' ? quality() : ''}
          </dl>
          <svg class="sparkline" aria-hidden="true"></svg>
        </section>`;

/** Placeholders of a page, such as `<!-- header -->`. */
const parts: Readonly<Record<string, (page: Entry) => string>> = {
  head,
  header,
  cards,
  machine,
  source,
  bar,
  mutedIcon,
  handIcon,
  pinIcon,
  pill,
  devices,
  token,
  link,
  chat,
  sending,
  receiving,
};

/** Fills in what pages share. */
export const fillFrame = (): Plugin => ({
  name: 'frame',
  transformIndexHtml: {
    order: 'pre',
    handler(html, { path }) {
      const page = pages.find(({ address }) => path.endsWith(address));
      if (page === undefined) return html;
      return html.replace(/<!-- (\w+) -->/g, (comment, name) => parts[name]?.(page) ?? comment);
    },
  },
});
