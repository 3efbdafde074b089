/** The types of domain.json, which the SDK has by itself. `npm run -s types` writes them. */

/** What a device may be. */
export type ConnectionType = "pos" | "kitchen" | "management" | "customer" | "platform";

/** What a member may be, the widest first. */
export type Role = "platform_owner" | "restaurant_owner" | "manager" | "employee" | "customer_display";

export type OrderCreated = {
  readonly order_id: string | number;
  readonly [member: string]: unknown;
};

export type OrderStatusChanged = {
  readonly order_id: string | number;
  readonly status: "pending" | "confirmed" | "preparing" | "ready" | "completed" | "cancelled";
};

export type OrderPreparationTime = {
  readonly order_id: string | number;
  readonly estimated_time: number;
};

export type PaymentCompleted = {
  readonly order_id: string | number;
  readonly [member: string]: unknown;
};

/** The data of each event that devices publish. */
export interface DeviceEvents {
  /** An order was taken. From pos, management; to pos, kitchen, management */
  "order.created": OrderCreated;
  /** An order has another status. From kitchen, pos, management; to pos, kitchen, management, customer */
  "order.status_changed": OrderStatusChanged;
  /** An order will take so many minutes. From kitchen; to pos, kitchen, management */
  "order.preparation_time": OrderPreparationTime;
  /** An order is paid. From pos; to pos, management */
  "payment.completed": PaymentCompleted;
}

export interface Domain {
  connectionType: ConnectionType;
  role: Role;
  events: DeviceEvents;
}
