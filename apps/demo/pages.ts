import { existsSync } from 'node:fs';

/** Entry of the navigation. */
export interface Entry {
  /** Beside the start page. For a page of this app it is also the name of its file. */
  readonly address: string;
  readonly title: string;
  /** Its icon, as the content of a 24 × 24 SVG. */
  readonly icon: string;
  /** Purpose, in one sentence. */
  readonly summary: string;
}

/** The pages in the order of the navigation. A new page is a file and an entry here. */
export const pages: readonly Entry[] = [
  {
    address: 'index.html',
    title: 'Start',
    icon: '',
    summary: 'WebRTC signalling as executable statecharts: live video from a browser, to one, to two or to many.',
  },
  {
    address: 'publish.html',
    title: 'Publish',
    icon: '<rect x="2.5" y="6" width="12.5" height="12" rx="2.5"/><path d="m15 11 6.5-3.5v9L15 13"/>',
    summary: 'Send your camera, your screen or a test picture.',
  },
  {
    address: 'play.html',
    title: 'Play',
    icon: '<rect x="2.5" y="5" width="19" height="14" rx="2.5"/><path d="m10 9 5 3-5 3z"/>',
    summary: 'Watch a live stream.',
  },
  {
    address: 'peer.html',
    title: 'Call',
    icon: '<circle cx="6.5" cy="8" r="3"/><circle cx="17.5" cy="8" r="3"/><path d="M1.5 19c0-3.5 2-5.5 5-5.5 2.4 0 4.2 1.2 4.8 3.5M22.5 19c0-3.5-2-5.5-5-5.5-2.4 0-4.2 1.2-4.8 3.5M9 19.5h6"/>',
    summary: 'Talk to one other person, straight from browser to browser.',
  },
  {
    address: 'conference.html',
    title: 'Conference',
    icon: '<rect x="2.5" y="4" width="8.5" height="7" rx="2"/><rect x="13" y="4" width="8.5" height="7" rx="2"/><rect x="2.5" y="13" width="8.5" height="7" rx="2"/><rect x="13" y="13" width="8.5" height="7" rx="2"/>',
    summary: 'Meet several people in a room.',
  },
];

/** Apps that are built elsewhere and served beside this one. */
const neighbours: readonly Entry[] = [
  {
    address: 'inspector/',
    title: 'Inspector',
    icon: '<circle cx="10.5" cy="10.5" r="6.5"/><path d="m15.5 15.5 6 6M8 10.5h5"/>',
    summary: 'Look into the machines of every session while they run.',
  },
].filter(({ address }) => existsSync(new URL(`../${address}index.html`, import.meta.url)));

/** Everything that the navigation leads to. */
export const entries: readonly Entry[] = [...pages, ...neighbours];
