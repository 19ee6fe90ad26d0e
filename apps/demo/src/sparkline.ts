const points = 60;
const height = 40;

/** Draws the last minute of a value as a line. Returns how to add one; `undefined` begins anew. */
export function drawSparkline(svg: SVGSVGElement): (value: number | undefined) => void {
  const line = document.createElementNS(svg.namespaceURI, 'polyline');
  svg.setAttribute('viewBox', `0 0 ${points - 1} ${height}`);
  svg.setAttribute('preserveAspectRatio', 'none');
  svg.append(line);
  let values: readonly number[] = [];
  return (value) => {
    values = value === undefined ? [] : [...values, value].slice(-points);
    const top = Math.max(...values, 1) * 1.1;
    const first = points - values.length;
    line.setAttribute(
      'points',
      values.map((each, index) => `${first + index},${(height - (each / top) * height).toFixed(1)}`).join(' '),
    );
  };
}
