import chartStyle from '@sigchart/chart/svg.css?inline';

/** The custom properties with the colors of a chart. */
const colours = [
  'surface',
  'sunken',
  'ink',
  'muted',
  'line',
  'strong-line',
  'accent',
  'accent-soft',
  'on-accent',
  'live',
  'live-soft',
  'bad',
  'bad-soft',
  'mono',
];

/** Pixels of a PNG for each pixel of the chart. */
const density = 2;

/** The value of a custom property as a plain color; `light-dark()` is resolved. */
function resolved(name: string): string {
  const { body } = document;
  const probe = body.appendChild(Object.assign(document.createElement('span'), { hidden: true }));
  probe.style.color = `var(--${name})`;
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}

/** The shown chart as the text of a standalone SVG. */
export function svgOf(shown: SVGSVGElement): string {
  const copy = shown.cloneNode(true) as SVGSVGElement;
  copy.style.width = '';
  copy.style.height = '';
  const style = document.createElementNS('http://www.w3.org/2000/svg', 'style');
  const properties = colours.map((name) =>
    name === 'mono' ? '--mono:ui-monospace,Menlo,Consolas,monospace' : `--${name}:${resolved(name)}`,
  );
  style.textContent = `.statechart{${properties.join(';')};background:var(--surface)}\n${chartStyle}`;
  copy.prepend(style);
  return new XMLSerializer().serializeToString(copy);
}

/** The shown chart as a PNG of double resolution. Rejects if the browser cannot draw it. */
export async function pngOf(shown: SVGSVGElement): Promise<Blob> {
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svgOf(shown))}`;
  await image.decode();
  const { width, height } = shown.viewBox.baseVal;
  const canvas = Object.assign(document.createElement('canvas'), { width: width * density, height: height * density });
  canvas.getContext('2d')?.drawImage(image, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve, reject) =>
    canvas.toBlob((blob) => (blob === null ? reject(new Error('no picture')) : resolve(blob)), 'image/png'),
  );
}
