import { createOwnServer } from './ownServer.ts';

const { http } = createOwnServer((line) => process.stdout.write(`${line}\n`));
http.listen(5080, () => process.stdout.write('ws://localhost:5080/<any app>/websocket\n'));
