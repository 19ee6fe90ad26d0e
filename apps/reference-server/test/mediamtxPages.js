// Serves MediaMTX's publisher and reader pages in front of a server of this project: WHIP and WHEP by clients that somebody else wrote.
//
//   git clone https://github.com/bluenviron/mediamtx
//   node apps/reference-server/test/mediamtxPages.js mediamtx http://localhost:5080 8889
//
// Then open http://localhost:8889/stream1/publish and http://localhost:8889/stream1/.
import { readFile } from 'node:fs/promises';
import { request as ask, createServer } from 'node:http';
import { join } from 'node:path';

const [checkout = 'mediamtx', server = 'http://localhost:5080', port = '8889'] = process.argv.slice(2);
const folder = join(checkout, 'internal', 'servers', 'webrtc');

/** The pages send requests relative to themselves; this server has one path for each protocol. */
const pathOf = (url) => url.replace(/^\/([^/]+)\/(whip|whep)(?=\?|$)/, '/live/$2/$1');

const files = {
  publish: 'publish_index.html',
  '': 'read_index.html',
  'publisher.js': 'publisher.js',
  'reader.js': 'reader.js',
};

createServer(async (incoming, response) => {
  const { pathname } = new URL(incoming.url, server);
  const name = files[pathname.replace(/^\/[^/]+\//, '')];
  if (incoming.method === 'GET' && name !== undefined) {
    response.setHeader('content-type', name.endsWith('.js') ? 'text/javascript' : 'text/html');
    response.end(await readFile(join(folder, name)));
    return;
  }
  const { method, headers } = incoming;
  const asked = ask(new URL(pathOf(incoming.url), server), { method, headers }, (answer) => {
    console.log(method, incoming.url, answer.statusCode);
    response.writeHead(answer.statusCode, answer.headers);
    answer.pipe(response);
  });
  incoming.pipe(asked);
}).listen(Number(port));
