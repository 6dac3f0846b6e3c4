/** The webview's entry: `<body data-panel>` says which of the two panels this is. */
import './style.css';
import { h } from './dom';
import { showResults } from './panels/results';
import { showTrajectory } from './panels/trajectory';

const root = h('div', { class: 'panel', id: 'panel' });
document.body.append(root);
if (document.body.dataset.panel === 'trajectory') showTrajectory(root);
else showResults(root);
