/** Starts the preview in `#app`: connects to the session, restores what was kept, follows the theme, renders. */
import { effect } from '@preact/signals';
import { render } from 'preact';
import { App } from './app.tsx';
import { keptState } from './session/kept-state.ts';
import { goTo, readMoment } from './session/moment.ts';
import { SessionStore } from './session/store.ts';
import { connect } from './session/transport.ts';
import type { Transport } from './session/transport.ts';
import { followTheme } from './style/palette.ts';
import './style/main.css';

function start(): void {
  const app = document.getElementById('app') ?? document.body.appendChild(document.createElement('div'));
  // The transport may deliver only once both exist: it calls back from later tasks.
  const transport: Transport = connect({
    message: (message) => store.receive(message),
    connection: (state) => store.setConnection(state),
  });
  const store = new SessionStore(
    (message) => transport.send(message),
    (paint) => requestAnimationFrame(paint),
  );
  const kept = keptState(transport.kept(), (state) => transport.keep(state));
  document.documentElement.classList.toggle('standalone', transport.standalone);
  const moment = transport.standalone ? readMoment(window.location.hash) : undefined;
  if (moment) goTo(moment, store, kept);
  const { palette, refresh } = followTheme();
  effect(() => {
    const theme = kept.theme.value;
    if (!transport.standalone || theme === 'auto') delete document.documentElement.dataset['theme'];
    else document.documentElement.dataset['theme'] = theme;
    refresh();
  });
  effect(() => {
    const title = store.hello.value?.title || store.hello.value?.name;
    if (transport.standalone && title) document.title = title;
  });
  render(<App preview={{ store, kept, palette, standalone: transport.standalone }} />, app);
}

start();
