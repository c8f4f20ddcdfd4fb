/** Starts the preview in `#app`: connects to the session, restores what was kept, follows the theme, renders. */
import { effect } from '@preact/signals';
import { render } from 'preact';
import { App } from './app.tsx';
import { Painter } from './drawing/painter.ts';
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
    message: (message) => {
      if (message.type === 'go') go(message);
      else store.receive(message);
    },
    connection: (state) => store.setConnection(state),
  });
  const store = new SessionStore(
    (message) => transport.send(message),
    (paint) => requestAnimationFrame(paint),
  );
  const kept = keptState(transport.kept(), (state) => transport.keep(state));
  document.documentElement.classList.toggle('standalone', transport.standalone);
  const go = ({ moment, test }: { moment?: string; test?: string }) => {
    const found = moment === undefined ? undefined : readMoment(moment);
    if (found) goTo(found, store, kept);
    if (test !== undefined) {
      kept.panelTab.value = 'tests';
      store.trials.runAndShow(test);
    }
  };
  if (transport.standalone) go({ moment: window.location.hash });
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
  const painter = new Painter(document.body.dataset['painter']);
  render(<App preview={{ store, kept, palette, painter, standalone: transport.standalone }} />, app);
}

start();
