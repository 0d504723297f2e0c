/* Generated from protocol/schema.json by `npm run generate`. Change that file, not this one. */

/**
 * Every form of teahouse.v1: frames from the client, frames from the server, bodies over HTTP.
 */
export type Teahouse = Command | ServerFrame | HTTPBody;
/**
 * One frame from the client. Each is answered by exactly one ok or one error with the same id.
 */
export type Command =
  | JoinCommand
  | LeaveCommand
  | SendCommand
  | EditCommand
  | DeleteCommand
  | ReactCommand
  | TodoCommand
  | CardCommand
  | ReadCommand
  | TypingCommand
  | PingCommand;
/**
 * Chosen by the client, unique for ever among one user's commands; a retry repeats it.
 */
export type CommandID = string;
/**
 * A room's short, immutable slug.
 */
export type RoomID = string;
/**
 * A place in a room's log, 0 before the first event.
 */
export type Head = number;
/**
 * One frame from the server.
 */
export type ServerFrame =
  | HelloFrame
  | OkFrame
  | EventFrame
  | ErrorFrame
  | TypingFrame
  | PresenceFrame
  | ActivityFrame
  | ReadFrame
  | ResyncFrame;
/**
 * The command took effect.
 */
export type OkFrame = OkJoin | OkSend | OkChange | OkPlain;
/**
 * Opaque; changes when a room's log was rolled back.
 */
export type Epoch = string;
/**
 * One durable entry of a room's log: the same bytes for every member.
 */
export type EventFrame =
  | EventMessage
  | EventMember
  | EventEdit
  | EventDelete
  | EventReact
  | EventRoom
  | EventTodo
  | EventCard
  | EventOther;
/**
 * Position of an event in its room: 1, 2, 3, … without gaps.
 */
export type Seq = number;
/**
 * Unix time in milliseconds. Only ever shown, never an order.
 */
export type Time = number;
/**
 * What went wrong, for programs.
 */
export type ErrorCode =
  | 'bad_json'
  | 'unknown_op'
  | 'invalid'
  | 'too_long'
  | 'unauthenticated'
  | 'forbidden'
  | 'not_found'
  | 'conflict'
  | 'rate_limited'
  | 'unavailable'
  | 'internal';
export type Count = number;
/**
 * What HTTP beside the socket takes and answers.
 */
export type HTTPBody =
  | NewSession
  | Session
  | NewRoom
  | RoomChange
  | RoomAnswer
  | RoomList
  | EventsPage
  | TodoList
  | NewCard
  | CardAnswer
  | ErrorBody
  | Health
  | Ready
  | About;

/**
 * Subscribe this connection to a room and read what it missed.
 */
export interface JoinCommand {
  op: 'join';
  id: CommandID;
  room: RoomID;
  /**
   * The last seq seen; absent: the newest page.
   */
  after?: number;
  /**
   * The epoch that after belongs to.
   */
  epoch?: string;
  /**
   * Size of the newest page, 50 if absent. Does not cut a delta.
   */
  limit?: number;
}
/**
 * End this connection's subscription; membership stays.
 */
export interface LeaveCommand {
  op: 'leave';
  id: CommandID;
  room: RoomID;
}
/**
 * Write a message. Safe to repeat with the same id.
 */
export interface SendCommand {
  op: 'send';
  id: CommandID;
  room: RoomID;
  /**
   * The text, exactly as typed.
   */
  body: string;
  /**
   * Id of the message this is a reply to.
   */
  parent?: string;
  /**
   * Upload ids.
   */
  files?: string[];
}
/**
 * Give a message of one's own another text. Safe to repeat with the same id.
 */
export interface EditCommand {
  op: 'edit';
  id: CommandID;
  room: RoomID;
  /**
   * Id of the message it is about.
   */
  message: string;
  /**
   * The text from now on, exactly as typed.
   */
  body: string;
}
/**
 * Take a message of one's own back, for good.
 */
export interface DeleteCommand {
  op: 'delete';
  id: CommandID;
  room: RoomID;
  /**
   * Id of the message it is about.
   */
  message: string;
}
/**
 * Add or take away one's reaction to a message.
 */
export interface ReactCommand {
  op: 'react';
  id: CommandID;
  room: RoomID;
  /**
   * Id of the message it is about.
   */
  message: string;
  /**
   * One emoji.
   */
  emoji: string;
  /**
   * Add it, or take it away. Absent: take it away.
   */
  on?: boolean;
}
/**
 * Add an item to the room's list (body, on), tick off every open item of a text (body), one item (message), or open one again (message, on). Safe to repeat with the same id.
 */
export interface TodoCommand {
  op: 'todo';
  id: CommandID;
  room: RoomID;
  /**
   * Text of an item, 1 to 1,000 code points once white space is kept as single blanks. Not with message.
   */
  body?: string;
  /**
   * Id of an item: of the event that added it. Not with body.
   */
  message?: string;
  /**
   * To do, or done. Absent: done.
   */
  on?: boolean;
}
/**
 * Post a table. Safe to repeat with the same id.
 */
export interface CardCommand {
  op: 'card';
  id: CommandID;
  room: RoomID;
  /**
   * JSON text of an array of 1 to 200 objects with at most 20 different keys (1 to 80 code points) in all; values are strings, numbers, booleans or null.
   */
  body: string;
}
/**
 * Everything up to seq was read.
 */
export interface ReadCommand {
  op: 'read';
  id: CommandID;
  room: RoomID;
  seq: Head;
}
/**
 * The user is typing.
 */
export interface TypingCommand {
  op: 'typing';
  id: CommandID;
  room: RoomID;
}
/**
 * Are you there?
 */
export interface PingCommand {
  op: 'ping';
  id: CommandID;
}
/**
 * The first frame, once per connection.
 */
export interface HelloFrame {
  op: 'hello';
  protocol: 'teahouse.v1';
  user: Self;
  rooms: RoomPosition[];
  limits: Limits;
}
/**
 * The signed-in user.
 */
export interface Self {
  /**
   * Opaque.
   */
  id: string;
  /**
   * 1 to 40 code points.
   */
  name: string;
  /**
   * guest for now; others come with accounts.
   */
  role: string;
}
/**
 * A room that the user belongs to, and how far they have read it.
 */
export interface RoomPosition {
  id: RoomID;
  /**
   * Shown to people.
   */
  name: string;
  /**
   * Empty where there is none.
   */
  topic?: string;
  seq: Head;
  read: Head;
  /**
   * Visible messages of others after read; 1,000 means that or more.
   */
  unread: number;
}
/**
 * What this server takes at most.
 */
export interface Limits {
  /**
   * Bytes of UTF-8 in a message body.
   */
  body: number;
  /**
   * Bytes in one frame.
   */
  frame: number;
}
/**
 * Answer to join. The client has caught up when it holds seq.
 */
export interface OkJoin {
  op: 'ok';
  id: CommandID;
  room: RoomID;
  seq: Head;
  epoch: Epoch;
  events: EventFrame[];
  /**
   * Older events exist before these. Absent when a delta goes on as frames.
   */
  more?: boolean;
  /**
   * Forget what is held of this room: events is the newest page, not the delta asked for.
   */
  reset: boolean;
}
/**
 * Somebody said something. In an answer or a page it stands as it is now (edited: seq of the last edit), live as it happened. user.id and ref mark one's own.
 */
export interface EventMessage {
  op: 'event';
  room: RoomID;
  seq: Seq;
  kind: 'message';
  /**
   * The event's own id.
   */
  id: string;
  user: User;
  at: Time;
  /**
   * The name that the author gave with the message, unchecked: of a plain client that gives one with each.
   */
  as?: string;
  /**
   * Absent when deleted.
   */
  body?: string;
  ref?: CommandID;
  /**
   * Id of the message this is a reply to.
   */
  parent?: string;
  files?: string[];
  edited?: Seq;
  /**
   * Who reacted, by emoji: the emoji in the order of their first reaction, people in the order they gave it. Absent where there are none.
   */
  reactions?: {
    [k: string]: User[];
  };
  /**
   * True when the message was taken back; body is then absent.
   */
  deleted?: boolean;
}
/**
 * Somebody, as others see them.
 */
export interface User {
  /**
   * Opaque.
   */
  id: string;
  /**
   * 1 to 40 code points.
   */
  name: string;
}
/**
 * Somebody became a member of the room, or stopped being one.
 */
export interface EventMember {
  op: 'event';
  room: RoomID;
  seq: Seq;
  kind: 'member';
  /**
   * The event's own id.
   */
  id: string;
  user: User;
  at: Time;
  /**
   * Became one, or stopped.
   */
  joined: boolean;
  ref?: CommandID;
}
/**
 * A message has another text.
 */
export interface EventEdit {
  op: 'event';
  room: RoomID;
  seq: Seq;
  kind: 'edit';
  /**
   * The event's own id.
   */
  id: string;
  user: User;
  at: Time;
  /**
   * Id of the message it is about.
   */
  message: string;
  /**
   * The text from then on. Absent in pages and answers once the message is deleted.
   */
  body?: string;
  ref?: CommandID;
}
/**
 * A message was taken back.
 */
export interface EventDelete {
  op: 'event';
  room: RoomID;
  seq: Seq;
  kind: 'delete';
  /**
   * The event's own id.
   */
  id: string;
  user: User;
  at: Time;
  /**
   * Id of the message it is about.
   */
  message: string;
  ref?: CommandID;
}
/**
 * Somebody reacted to a message, or took the reaction away.
 */
export interface EventReact {
  op: 'event';
  room: RoomID;
  seq: Seq;
  kind: 'react';
  /**
   * The event's own id.
   */
  id: string;
  user: User;
  at: Time;
  /**
   * Id of the message it is about.
   */
  message: string;
  /**
   * One emoji.
   */
  emoji: string;
  /**
   * Added, or taken away.
   */
  on: boolean;
  ref?: CommandID;
}
/**
 * The room has another name or topic.
 */
export interface EventRoom {
  op: 'event';
  room: RoomID;
  seq: Seq;
  kind: 'room';
  /**
   * The event's own id.
   */
  id: string;
  user: User;
  at: Time;
  /**
   * As it is from now on.
   */
  name: string;
  /**
   * As it is from now on; empty where there is none.
   */
  topic: string;
  ref?: CommandID;
}
/**
 * The room's list has changed: with message it is about that item. Without, an item of that text was added, whose id is this event's (on), or all open items of that text are done.
 */
export interface EventTodo {
  op: 'event';
  room: RoomID;
  seq: Seq;
  kind: 'todo';
  /**
   * The event's own id.
   */
  id: string;
  user: User;
  at: Time;
  /**
   * Id of the item it is about.
   */
  message?: string;
  /**
   * The item's text, of one line: white space is kept as single blanks.
   */
  body: string;
  /**
   * To do, or done.
   */
  on: boolean;
  ref?: CommandID;
}
/**
 * Somebody posted a table.
 */
export interface EventCard {
  op: 'event';
  room: RoomID;
  seq: Seq;
  kind: 'card';
  /**
   * The event's own id.
   */
  id: string;
  user: User;
  at: Time;
  /**
   * JSON text of an array of 1 to 200 objects with at most 20 different keys (1 to 80 code points) in all; values are strings, numbers, booleans or null. No white space outside strings. Absent when deleted.
   */
  body?: string;
  /**
   * It was taken back.
   */
  deleted?: boolean;
  ref?: CommandID;
}
/**
 * Any other kind. It may carry more fields than stand here.
 */
export interface EventOther {
  op: 'event';
  room: RoomID;
  seq: Seq;
  /**
   * A kind this client does not know yet; it takes its seq and shows nothing.
   */
  kind: never;
  /**
   * The event's own id.
   */
  id?: string;
  user?: User;
  at: Time;
  /**
   * Id of the message it is about.
   */
  message?: string;
  ref?: CommandID;
}
/**
 * Answer to send, to card, and to todo where it adds an item: it is on stable storage.
 */
export interface OkSend {
  op: 'ok';
  id: CommandID;
  room: RoomID;
  seq: Seq;
  /**
   * The new message's, card's or item's id.
   */
  message: string;
  at: Time;
}
/**
 * Answer to edit, delete, react, and to todo where it adds nothing: the change is on stable storage.
 */
export interface OkChange {
  op: 'ok';
  id: CommandID;
  room: RoomID;
  seq: Seq;
  at: Time;
}
/**
 * Answer to leave, read, typing and ping.
 */
export interface OkPlain {
  op: 'ok';
  id: CommandID;
  room?: RoomID;
}
/**
 * The command had no effect; the connection stays. id is absent where the frame had no usable one, limit comes with too_long, retry_ms with rate_limited.
 */
export interface ErrorFrame {
  op: 'error';
  id?: CommandID;
  code: ErrorCode;
  /**
   * For people.
   */
  detail: string;
  /**
   * Which field is invalid.
   */
  field?: string;
  limit?: Count;
  retry_ms?: Count;
}
/**
 * Somebody is typing. Not durable.
 */
export interface TypingFrame {
  op: 'typing';
  room: RoomID;
  user: User;
}
/**
 * Who came and went, or only how many are here.
 */
export interface PresenceFrame {
  op: 'presence';
  room: RoomID;
  online?: User[];
  offline?: string[];
  count: Count;
}
/**
 * A room that the user belongs to, but this connection has not joined, has grown.
 */
export interface ActivityFrame {
  op: 'activity';
  room: RoomID;
  seq: Seq;
  unread: Count;
  mentions: Count;
}
/**
 * Another connection of the same user has read up to seq.
 */
export interface ReadFrame {
  op: 'read';
  room: RoomID;
  seq: Head;
}
/**
 * Live events of this room stopped for this connection: join again with after.
 */
export interface ResyncFrame {
  op: 'resync';
  room: RoomID;
  seq: Head;
}
/**
 * POST and PATCH /api/session.
 */
export interface NewSession {
  /**
   * 1 to 40 code points.
   */
  name: string;
}
/**
 * Answer of POST, GET and PATCH /api/session.
 */
export interface Session {
  user: Self;
}
/**
 * POST /api/rooms.
 */
export interface NewRoom {
  id?: RoomID;
  /**
   * 1 to 80 code points.
   */
  name: string;
  /**
   * At most 250 code points.
   */
  topic?: string;
}
/**
 * PATCH /api/rooms/{room}: what is absent stays.
 */
export interface RoomChange {
  /**
   * 1 to 80 code points.
   */
  name?: string;
  /**
   * At most 250 code points.
   */
  topic?: string;
}
/**
 * Answer of POST /api/rooms, GET and PATCH /api/rooms/{room} and PUT …/members/me.
 */
export interface RoomAnswer {
  room: Room;
}
/**
 * A room as HTTP tells it.
 */
export interface Room {
  id: RoomID;
  /**
   * Shown to people.
   */
  name: string;
  /**
   * Empty where there is none.
   */
  topic: string;
  seq: Head;
  /**
   * Whether the asker belongs to it.
   */
  member: boolean;
  members: Count;
}
/**
 * GET /api/rooms: general first, then by name.
 */
export interface RoomList {
  rooms: Room[];
  /**
   * Always false for now.
   */
  more: boolean;
}
/**
 * GET /api/rooms/{room}/events: ascending, as messages stand now.
 */
export interface EventsPage {
  events: EventFrame[];
  /**
   * Older ones exist.
   */
  more: boolean;
  seq: Head;
  epoch: Epoch;
}
/**
 * GET /api/rooms/{room}/todos: what is open as of seq, oldest first.
 */
export interface TodoList {
  room: RoomID;
  seq: Head;
  epoch: Epoch;
  /**
   * @maxItems 1000
   */
  items: TodoItem[];
}
/**
 * An open item of a room's list.
 */
export interface TodoItem {
  /**
   * Of the event that added it.
   */
  id: string;
  /**
   * The item's text, of one line: white space is kept as single blanks.
   */
  body: string;
  user: User;
  at: Time;
}
/**
 * POST /api/rooms/{room}/cards.
 */
export interface NewCard {
  id?: CommandID;
  /**
   * 1 to 200 of them, with at most 20 different keys in all.
   *
   * @maxItems 200
   */
  rows: CardRow[];
}
/**
 * One row: columns are named by keys.
 */
export interface CardRow {
  [k: string]: string | number | boolean | null;
}
/**
 * Answer of POST /api/rooms/{room}/cards.
 */
export interface CardAnswer {
  room: RoomID;
  seq: Seq;
  /**
   * The card's id.
   */
  message: string;
  at: Time;
}
/**
 * Every failure over HTTP.
 */
export interface ErrorBody {
  /**
   * As in an error frame.
   */
  error: {
    code: ErrorCode;
    /**
     * For people.
     */
    detail: string;
    /**
     * Which field or parameter is invalid.
     */
    field?: string;
    limit?: Count;
    retry_ms?: Count;
  };
}
/**
 * GET /healthz.
 */
export interface Health {
  status: 'ok';
}
/**
 * GET /readyz.
 */
export interface Ready {
  /**
   * degraded: commands are taken, but what is written is in Redis only later.
   */
  status: 'ready' | 'degraded' | 'unavailable';
  checks?: {};
}
/**
 * GET /api/about.
 */
export interface About {
  name: 'Teahouse';
  /**
   * Of this server.
   */
  version: string;
  protocol: 'teahouse.v1';
}
