/** The webview's entry: `<body data-panel>` says which of the panels this is. */
import type { PanelName } from '../protocol/panels';
import './style.css';
import { announce, h } from './dom';
import { showAnalysis } from './panels/analysis';
import { showComparison } from './panels/comparison';
import { showPreview } from './panels/preview';
import { showResults } from './panels/results';
import { showTrajectory } from './panels/trajectory';

const PANELS: Readonly<Record<PanelName, (root: HTMLElement) => void>> = {
  results: showResults,
  comparison: showComparison,
  trajectory: showTrajectory,
  analysis: showAnalysis,
  preview: showPreview,
};

const root = h('div', { class: 'panel', id: 'panel' });
document.body.append(root);
// Screen readers follow a region that was there before its text.
announce('');
PANELS[document.body.dataset.panel as PanelName](root);
