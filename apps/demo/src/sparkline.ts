const points = 60;
const height = 40;

/** Draws the last minute of a value as a line. Returns a function that adds a value; `undefined` clears the line. */
export function drawSparkline(svg: SVGSVGElement): (value: number | undefined) => void {
  const line = document.createElementNS(svg.namespaceURI, 'polyline');
  svg.setAttribute('viewBox', `0 0 ${points - 1} ${height}`);
  svg.setAttribute('preserveAspectRatio', 'none');
  const area = document.createElementNS(svg.namespaceURI, 'polygon');
  svg.append(area, line);
  let values: readonly number[] = [];
  return (value) => {
    values = value === undefined ? [] : [...values, value].slice(-points);
    const top = Math.max(...values, 1) * 1.1;
    const first = points - values.length;
    const along = values.map((each, index) => `${first + index},${(height - (each / top) * height).toFixed(1)}`);
    line.setAttribute('points', along.join(' '));
    area.setAttribute('points', [`${first},${height}`, ...along, `${points - 1},${height}`].join(' '));
  };
}
