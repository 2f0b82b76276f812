"""The only writers: each verb that staff, citizens or devices may say is a function here, run by `command.command`."""
