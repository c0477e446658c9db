/** WeChat's parts as far as the phone has them: their attributes and events. What is not here does not build. */
import { FILLED_NAMES } from './filled.ts';

/** What an attribute takes. A list names the only texts. `flag` is true, false or bare, since any text is true. */
export type AttributeKind = 'text' | 'number' | 'flag' | 'texts' | 'any' | readonly string[];

/** One kind of part. */
export interface PartKind {
  readonly attributes: Readonly<Record<string, AttributeKind>>;
  /** Events of its own, beside the taps that every part has. They do not bubble. */
  readonly events: readonly string[];
  readonly holds: 'parts' | 'text' | 'nothing';
}

/** Attributes that every part has. */
export const EVERY_ATTRIBUTE: Readonly<Record<string, AttributeKind>> = {
  id: 'text',
  class: 'text',
  style: 'text',
  slot: 'text',
  hidden: 'flag',
  'hover-class': 'text',
  'aria-role': 'text',
  'aria-label': 'text',
  'aria-labelledby': 'text',
  'aria-hidden': 'any',
  'aria-checked': 'any',
  'aria-selected': 'any',
  'aria-disabled': 'any',
  'aria-expanded': 'any',
  'aria-modal': 'any',
  'aria-live': ['polite', 'assertive', 'off'],
  'aria-level': 'any',
  'aria-valuenow': 'any',
  'aria-valuemin': 'any',
  'aria-valuemax': 'any',
};

/** Events of every part. They bubble. */
export const BUBBLING = ['tap', 'longpress', 'touchstart', 'touchmove', 'touchend'];

/** What a part that is no control, but is tapped, says that it is. */
export const TAPPABLE_ROLES = [
  ...['button', 'link', 'checkbox', 'radio', 'switch', 'tab', 'menuitem', 'option', 'dialog'],
];

const field = {
  value: 'text',
  placeholder: 'text',
  'placeholder-class': 'text',
  disabled: 'flag',
  maxlength: 'number',
  'cursor-spacing': 'number',
  focus: 'flag',
  'auto-focus': 'flag',
  'adjust-position': 'flag',
  'confirm-type': ['send', 'search', 'next', 'go', 'done'],
  name: 'text',
} as const;
const FIELD_EVENTS = ['input', 'focus', 'blur', 'confirm'];
const box = { value: 'text', checked: 'flag', disabled: 'flag', color: 'text' } as const;
const IMAGE_MODES = ['scaleToFill', 'aspectFit', 'aspectFill', 'widthFix', 'heightFix', 'center'];
const OPEN_TYPES = ['share', 'getPhoneNumber', 'contact', 'agreePrivacyAuthorization', 'chooseAvatar'];

/** The parts by tag, without `block` and `slot`, which are nothing on the screen. */
export const PARTS: Readonly<Record<string, PartKind>> = {
  view: { attributes: {}, events: [], holds: 'parts' },
  text: { attributes: { 'user-select': 'flag' }, events: [], holds: 'text' },
  image: {
    attributes: { src: 'text', mode: IMAGE_MODES, 'lazy-load': 'flag', 'show-menu-by-longpress': 'flag' },
    events: ['load', 'error'],
    holds: 'nothing',
  },
  button: {
    attributes: {
      type: ['default', 'primary', 'warn'],
      size: ['default', 'mini'],
      plain: 'flag',
      disabled: 'flag',
      loading: 'flag',
      'form-type': ['submit', 'reset'],
      'open-type': OPEN_TYPES,
    },
    events: ['getphonenumber', 'contact', 'agreeprivacyauthorization', 'chooseavatar'],
    holds: 'parts',
  },
  input: {
    attributes: {
      ...field,
      type: ['text', 'number', 'digit', 'idcard', 'nickname', 'safe-password'],
      password: 'flag',
    },
    events: FIELD_EVENTS,
    holds: 'nothing',
  },
  textarea: {
    attributes: { ...field, 'auto-height': 'flag', fixed: 'flag', 'show-confirm-bar': 'flag' },
    events: FIELD_EVENTS,
    holds: 'nothing',
  },
  'scroll-view': {
    attributes: {
      'scroll-x': 'flag',
      'scroll-y': 'flag',
      'scroll-into-view': 'text',
      'scroll-with-animation': 'flag',
      'enable-flex': 'flag',
      enhanced: 'flag',
      'show-scrollbar': 'flag',
    },
    events: ['scrolltolower'],
    holds: 'parts',
  },
  swiper: {
    attributes: {
      current: 'number',
      autoplay: 'flag',
      interval: 'number',
      circular: 'flag',
      'indicator-dots': 'flag',
      'indicator-color': 'text',
      'indicator-active-color': 'text',
    },
    events: ['change'],
    holds: 'parts',
  },
  'swiper-item': { attributes: {}, events: [], holds: 'parts' },
  picker: {
    attributes: {
      mode: ['selector', 'date', 'time'],
      range: 'texts',
      value: 'text',
      start: 'text',
      end: 'text',
      fields: ['year', 'month', 'day'],
      disabled: 'flag',
      'header-text': 'text',
      name: 'text',
    },
    events: ['change', 'cancel'],
    holds: 'parts',
  },
  checkbox: { attributes: box, events: [], holds: 'nothing' },
  'checkbox-group': { attributes: { name: 'text' }, events: ['change'], holds: 'parts' },
  radio: { attributes: box, events: [], holds: 'nothing' },
  'radio-group': { attributes: { name: 'text' }, events: ['change'], holds: 'parts' },
  switch: {
    attributes: { checked: 'flag', disabled: 'flag', color: 'text', name: 'text' },
    events: ['change'],
    holds: 'nothing',
  },
  slider: {
    attributes: {
      value: 'number',
      min: 'number',
      max: 'number',
      step: 'number',
      disabled: 'flag',
      'show-value': 'flag',
      activeColor: 'text',
      'block-size': 'number',
      name: 'text',
    },
    events: ['change'],
    holds: 'nothing',
  },
  label: { attributes: { for: 'text' }, events: [], holds: 'parts' },
  form: { attributes: {}, events: ['submit', 'reset'], holds: 'parts' },
  video: {
    attributes: {
      src: 'text',
      poster: 'text',
      title: 'text',
      controls: 'flag',
      autoplay: 'flag',
      'initial-time': 'number',
      'show-center-play-btn': 'flag',
      'enable-play-gesture': 'flag',
      'object-fit': ['contain', 'fill', 'cover'],
    },
    events: ['play', 'pause', 'ended', 'timeupdate', 'error', 'waiting'],
    holds: 'nothing',
  },
};

/** Parts that a person can tap or fill in without a role of their own. */
export const CONTROLS = ['button', 'label', 'picker', ...FILLED_NAMES, 'video'];
