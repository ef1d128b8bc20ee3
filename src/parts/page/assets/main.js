import { render } from 'preact';
import { App } from './components/app.js';
import { html } from './html.js';
import { takeArrival } from './oidc.js';
import { parseRoute, route, startRouter } from './router.js';

// Before anything is shown or asked: the code of a sign-in leaves the address, and the place where it began comes back.
const arrival = takeArrival();
if (arrival !== null) route.set(parseRoute(location.hash));
startRouter();
const place = document.getElementById('app');
if (place !== null) {
  place.replaceChildren();
  render(html`<${App} arrival=${arrival} />`, place);
}
