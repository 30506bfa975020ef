namespace Words;

public static class Greeting
{
    public static string Text => "version 1 of the words";
}
