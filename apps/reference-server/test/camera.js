// A camera of one colour and a microphone that is silent until somebody talks, in the place of the page's own. Knows
// `cameraColour`, and `cameraFormat` if it is to take less of the machine.

/** Current picture: the color, and a moving part, so that every frame differs. */
const picture = (colour) => {
  const { width, height, framesPerSecond } = window.cameraFormat ?? { width: 320, height: 240, framesPerSecond: 10 };
  const canvas = document.createElement('canvas');
  [canvas.width, canvas.height] = [width, height];
  const context = canvas.getContext('2d');
  let count = 0;
  const draw = () => {
    context.fillStyle = colour;
    context.fillRect(0, 0, width, height);
    count += 1;
    context.fillStyle = '#000';
    context.fillRect((count * 4) % (width - 10), height - 10, 10, 10);
  };
  draw();
  setInterval(draw, 1_000 / framesPerSecond);
  return canvas.captureStream(framesPerSecond);
};

/** One for each microphone: pages open several, and publish one of them. */
const volumes = [];

/** Turns the voice on or off. */
window.talk = (isLoud) => {
  for (const { gain } of volumes) gain.value = isLoud ? 0.5 : 0;
};

const voice = () => {
  const context = new AudioContext();
  const oscillator = context.createOscillator();
  const volume = context.createGain();
  volumes.push(volume);
  volume.gain.value = 0;
  const destination = context.createMediaStreamDestination();
  oscillator.connect(volume).connect(destination);
  oscillator.start();
  return destination.stream;
};

navigator.mediaDevices.getUserMedia = async ({ audio, video } = {}) =>
  new MediaStream([
    ...(video ? picture(window.cameraColour).getVideoTracks() : []),
    ...(audio ? voice().getAudioTracks() : []),
  ]);

navigator.mediaDevices.getDisplayMedia = async () => picture('#ffffff');

/** The colour in the middle of an element's picture, as red, green and blue. */
const colourOf = (video) => {
  const canvas = document.createElement('canvas');
  [canvas.width, canvas.height] = [1, 1];
  const context = canvas.getContext('2d');
  const [width, height] = [video.videoWidth, video.videoHeight];
  context.drawImage(video, width / 4, height / 4, width / 2, height / 2, 0, 0, 1, 1);
  return [...context.getImageData(0, 0, 1, 1).data.slice(0, 3)];
};

/** Text beside an element: that of the smallest surrounding element that has any. */
const captionOf = (video) => {
  for (let element = video.parentElement; element !== null; element = element.parentElement) {
    // biome-ignore lint/performance/useDomNodeTextContent: what is not rendered is not seen.
    const text = element.innerText.trim();
    if (text !== '') return text;
  }
  return '';
};

/** Every video that a user sees on the page: its position, the text beside it, and its color. */
window.visibleTiles = () =>
  [...document.querySelectorAll('video')].flatMap((video) => {
    const { x, y, width, height } = video.getBoundingClientRect();
    const isVisible =
      video.offsetParent !== null && width >= 30 && height >= 30 && getComputedStyle(video).visibility === 'visible';
    if (!isVisible || video.videoWidth === 0 || video.readyState < 2) return [];
    const frames = video.getVideoPlaybackQuality().totalVideoFrames;
    return { id: video.id, x, y, width, height, caption: captionOf(video), colour: colourOf(video), frames };
  });
