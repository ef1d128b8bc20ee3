import { render } from 'preact';
import { App } from './components/app.js';
import { html } from './html.js';
import { startRouter } from './router.js';

startRouter();
const place = document.getElementById('app');
if (place !== null) {
  place.replaceChildren();
  render(html`<${App} />`, place);
}
