namespace Words;

public static class Greeting
{
    public static string Text => "version 2 of the words";
}
