import { Component, createElement as h } from 'react';
import { createRoot } from 'react-dom/client';

// The React tutorial's page, as fragile as it is there: from part 5 on each frame
// is parsed as a whole, where a frame that is no JSON takes the page down. `part`
// is 3 (shows what comes as it comes) or 5; `list` says how frames are kept:
// `state` from this.state, which forgets some of a burst, `prev` from what was.
const query = new URLSearchParams(location.search);
const part = Number(query.get('part') ?? 5);
const fromPrevious = query.get('list') !== 'state';

const socket = new WebSocket(`ws://${query.get('server')}`);

/** @param {(frame: MessageEvent) => void} hear */
function connect(hear) {
  socket.onopen = () => console.log('Successfully Connected');
  socket.onmessage = (frame) => hear(frame);
  socket.onclose = (event) => console.log('Socket Closed Connection: ', event.code);
}

/** @param {string} text */
const sendMsg = (text) => socket.send(text);

/** @extends {Component<{message: string}, {message: {body: string}}>} */
class Message extends Component {
  /** @param {{message: string}} props */
  constructor(props) {
    super(props);
    this.state = { message: JSON.parse(this.props.message) };
  }

  render() {
    return h('div', { className: 'Message' }, this.state.message.body);
  }
}

/** @extends {Component<{frames: MessageEvent[]}>} */
class ChatHistory extends Component {
  render() {
    const lines = this.props.frames.map((frame, at) =>
      part < 5
        ? h('p', { key: at }, frame.data)
        : h(Message, { key: frame.timeStamp, message: frame.data }),
    );
    return h('div', { className: 'ChatHistory' }, h('h2', null, 'Chat History'), ...lines);
  }
}

/** @extends {Component<object, {frames: MessageEvent[]}>} */
class App extends Component {
  /** @param {object} props */
  constructor(props) {
    super(props);
    this.state = { frames: [] };
  }

  componentDidMount() {
    connect((frame) => {
      if (fromPrevious) this.setState(({ frames }) => ({ frames: [...frames, frame] }));
      else this.setState({ frames: [...this.state.frames, frame] });
    });
  }

  /** @param {any} event */
  send(event) {
    if (event.keyCode !== 13) return;
    sendMsg(event.target.value);
    event.target.value = '';
  }

  render() {
    return h(
      'div',
      { className: 'App' },
      h('h2', null, 'Realtime Chat App'),
      h(ChatHistory, { frames: this.state.frames }),
      part < 5
        ? h('button', { onClick: () => sendMsg('hello') }, 'Hit')
        : h('input', { onKeyDown: this.send, placeholder: 'Type a message… Enter sends it' }),
    );
  }
}

createRoot(/** @type {HTMLElement} */ (document.getElementById('root'))).render(h(App));
