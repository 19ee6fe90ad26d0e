/** Size of the test picture in pixels, and its frames per second. */
export const picture = { width: 960, height: 540, frameRate: 25 } as const;

const bars = ['#e9ecec', '#d9c545', '#3fc0bb', '#4cb35a', '#b258b0', '#cf4a44', '#3d5cc4'];

const twoDigits = (value: number): string => String(value).padStart(2, '0');

/**
 * Draws the test picture of a moment: bars, a dot that circles once a second, a clock that shows the delay, and a flash with the
 * tone at each full second.
 */
export function drawPicture(context: CanvasRenderingContext2D, now: Date, label: string): void {
  const { width, height } = picture;
  const barHeight = height * 0.62;
  const ms = now.getMilliseconds();
  bars.forEach((color, index) => {
    context.fillStyle = color;
    context.fillRect((width * index) / bars.length, 0, width / bars.length + 1, barHeight);
  });
  context.fillStyle = '#14191d';
  context.fillRect(0, barHeight, width, height - barHeight);
  const ramp = context.createLinearGradient(0, 0, width, 0);
  ramp.addColorStop(0, '#000');
  ramp.addColorStop(1, '#fff');
  context.fillStyle = ramp;
  context.fillRect(0, barHeight, width, 16);

  const radius = height * 0.2;
  const [x, y] = [width / 2, barHeight / 2];
  context.fillStyle = ms < 120 ? '#f4fbfa' : '#14191d';
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
  context.fill();
  const angle = (2 * Math.PI * ms) / 1000 - Math.PI / 2;
  context.fillStyle = '#3cc9bd';
  context.beginPath();
  context.arc(x + Math.cos(angle) * radius * 0.7, y + Math.sin(angle) * radius * 0.7, radius * 0.16, 0, 2 * Math.PI);
  context.fill();

  context.fillStyle = '#f4fbfa';
  context.textAlign = 'center';
  context.font = '600 84px ui-monospace, Menlo, Consolas, monospace';
  const clock = [now.getHours(), now.getMinutes(), now.getSeconds()].map(twoDigits).join(':');
  context.fillText(`${clock}.${Math.floor(ms / 100)}`, x, height * 0.86);
  context.font = '500 26px system-ui, sans-serif';
  context.fillStyle = '#9fb0b4';
  context.fillText(label, x, height * 0.955);
}
