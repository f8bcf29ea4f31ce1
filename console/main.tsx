import { render } from 'preact';
import { App } from './app.tsx';
import { showTheme } from './base/theme.ts';
import './console.css';
import 'uplot/dist/uPlot.min.css';

showTheme();
const root = document.getElementById('app');
if (root !== null) render(<App />, root);
