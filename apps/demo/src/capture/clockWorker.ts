import { picture } from './picture.ts';

// A page behind another tab gets its own timers once a second; a worker keeps its pace.
setInterval(() => postMessage(undefined), 1000 / picture.frameRate);
