"""Who is called where and when: order, routing, the fallback rule, hours, appointments and a ticket's life."""
