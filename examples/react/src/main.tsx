import { ClientProvider } from '@sigchart/react';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './App.tsx';

/** The server of `npm start`, unless the address of this page names another: `?server=wss://example.org/live/websocket`. */
const url = new URLSearchParams(location.search).get('server') ?? 'ws://localhost:5080/live/websocket';

createRoot(document.getElementById('root') as HTMLElement).render(
  <StrictMode>
    <ClientProvider url={url}>
      <App />
    </ClientProvider>
  </StrictMode>,
);
